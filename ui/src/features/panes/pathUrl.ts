import type { Address } from "@/api/types";
import type { PaneSpec } from "@/state/selection";
import { partsFor } from "@/state/parts";
import { showError } from "@/state/operations";
import { useStore } from "@/state/store";

/** The address of a pane at a path, from the engine; `null` where it has none (the reason was shown). */
export async function pathUrl(spec: PaneSpec, path: string): Promise<string | null> {
  return (await pathAddress(spec, path))?.url ?? null;
}

/** The same with all that the engine says of it. */
export async function pathAddress({ tenant, preview, session }: PaneSpec, path: string): Promise<Address | null> {
  const { api, workspace, selection } = useStore.getState();
  try {
    const [address] = (await api?.addresses([{ tenant, parts: partsFor(tenant, workspace, selection.parts), preview, session, path }])) ?? [];
    return address ?? null;
  } catch (error) {
    showError(error);
    return null;
  }
}
