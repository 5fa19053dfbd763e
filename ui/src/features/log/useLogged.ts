import type { Preview } from "@/api/types";
import { hasLog } from "@/state/serving";
import { useStore } from "@/state/store";
import { useView } from "../trace/view";

const none: readonly Preview[] = [];

/** The preview whose log is shown: the one asked for, else one that is shown and has a log, else any that has. */
export function useLogged(): { preview: Preview | null; name: string | null; others: readonly Preview[] } {
  const asked = useView((view) => view.log);
  const previews = useStore((state) => state.workspace?.previews ?? none);
  const chosen = useStore((state) => state.selection.previews);
  const logged = previews.filter(hasLog);
  const named = asked === null ? undefined : previews.find(({ name }) => name === asked);
  const preview = named ?? logged.find(({ name }) => chosen.includes(name)) ?? logged[0] ?? previews.find(({ name, server }) => server !== null && chosen.includes(name)) ?? null;
  return { preview, name: preview?.name ?? null, others: logged };
}
