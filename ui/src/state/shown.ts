import { useMemo } from "react";
import type { AddressItem } from "@/api/client";
import { partsFor } from "./parts";
import { panesOf, pathFor, type PaneSpec } from "./selection";
import { useStore } from "./store";

/** One pane and the address it shows. */
export type Shown = { pane: PaneSpec; item: AddressItem };

/** What the address bar speaks of: the pane in focus, else every pane that is chosen. */
export function useShown(): Shown[] {
  const selection = useStore((state) => state.selection);
  const paths = useStore((state) => state.paths);
  const workspace = useStore((state) => state.workspace);
  const focused = useStore((state) => state.focusedPane);
  return useMemo(() => {
    const panes = panesOf(selection);
    const inFocus = panes.filter(({ key }) => key === focused);
    return (inFocus.length > 0 ? inFocus : panes).map((pane) => ({
      pane,
      item: {
        tenant: pane.tenant, parts: partsFor(pane.tenant, workspace, selection.parts), preview: pane.preview, session: pane.session,
        path: paths[pane.key] ?? pathFor(pane.tenant, selection, workspace),
      },
    }));
  }, [selection, paths, workspace, focused]);
}
