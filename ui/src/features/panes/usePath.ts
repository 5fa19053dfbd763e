import { useState } from "react";
import { pathFor, type PaneSpec } from "@/state/selection";
import { useStore } from "@/state/store";

/**
 * Where a pane starts and where it is. `start` changes only when all panes are sent somewhere (`serial`): what a person does
 * inside a pane must not give its frame another address. A pane that is resting has no frame: it starts again where it was.
 */
export function usePath(spec: PaneSpec, resting = false): { start: string; now: string; serial: number } {
  const serial = useStore((state) => state.navigation.serial);
  const told = useStore((state) => state.paths[spec.key]);
  const [started, setStarted] = useState(() => startOf(spec));
  if (started.serial !== serial) {
    const next = startOf(spec);
    setStarted(next);
    return { start: next.path, now: told ?? next.path, serial };
  }
  if (resting && told !== undefined && told !== started.path) {
    setStarted({ path: told, serial });
    return { start: told, now: told, serial };
  }
  return { start: started.path, now: told ?? started.path, serial };
}

function startOf({ tenant }: PaneSpec): { path: string; serial: number } {
  const { selection, workspace, navigation } = useStore.getState();
  return { path: pathFor(tenant, selection, workspace), serial: navigation.serial };
}
