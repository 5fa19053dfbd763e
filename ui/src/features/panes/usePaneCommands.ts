import { useMemo } from "react";
import { useCommands, type Command } from "@/state/commands";
import type { PaneSpec } from "@/state/selection";
import { focusPane, useStore } from "@/state/store";
import * as hub from "./hub";

/** What can be done with the panes from the keyboard and the palette. */
export function usePaneCommands(panes: readonly PaneSpec[], focused: string | null): void {
  const commands = useMemo<Command[]>(() => {
    const at = panes.findIndex(({ key }) => key === focused);
    const step = (by: number) => focusPane(panes[(at < 0 ? (by > 0 ? 0 : panes.length - 1) : at + by + panes.length) % panes.length]?.key ?? null);
    const few = panes.length < 2 ? "There is one pane only" : null;
    const group = "Panes";
    return [
      { id: "panes.reload", title: "Reload all panes", group, disabled: panes.length === 0 ? "There are no panes" : null, run: reloadAll(panes) },
      { id: "panes.next", title: "Focus the next pane", group, shortcut: "]", disabled: few, run: () => step(1) },
      { id: "panes.previous", title: "Focus the previous pane", group, shortcut: "[", disabled: few, run: () => step(-1) },
      { id: "panes.all", title: "Show all panes", group, disabled: at < 0 ? "All panes are shown" : null, run: () => focusPane(null) },
    ];
  }, [panes, focused]);
  useCommands(commands);
}

const reloadAll = (panes: readonly PaneSpec[]) => () => {
  const { paths, selection } = useStore.getState();
  for (const { key } of panes) hub.reload(key, paths[key] ?? selection.path);
};
