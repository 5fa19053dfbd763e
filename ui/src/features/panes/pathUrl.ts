import type { PaneSpec } from "@/state/selection";
import { showError } from "@/state/operations";
import { useStore } from "@/state/store";

/** The address of a pane at a path, from the engine; `null` where it has none (the reason was shown). */
export async function pathUrl({ tenant, preview, session }: PaneSpec, path: string): Promise<string | null> {
  try {
    const [address] = (await useStore.getState().api?.addresses([{ tenant, preview, session, path }])) ?? [];
    return address?.url ?? null;
  } catch (error) {
    showError(error);
    return null;
  }
}
