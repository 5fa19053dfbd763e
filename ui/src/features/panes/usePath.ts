import { useMemo, useState } from "react";
import { partsFor, type Parts } from "@/state/parts";
import { pathFor, type PaneSpec } from "@/state/selection";
import { useStore } from "@/state/store";

type Start = { path: string; serial: number; parts: Parts };

/**
 * Where a pane starts and where it is. `start` changes only when all panes are sent somewhere (`serial`): what a person does
 * inside a pane must not give its frame another address. A pane that is resting has no frame, and one whose prefix has other
 * parts from now on has another host: each starts again where it was.
 */
export function usePath(spec: PaneSpec, resting = false): { start: string; now: string; serial: number; parts: Parts } {
  const serial = useStore((state) => state.navigation.serial);
  const told = useStore((state) => state.paths[spec.key]);
  const parts = useParts(spec.tenant);
  const [started, setStarted] = useState((): Start => ({ ...startOf(spec), parts }));
  if (started.serial !== serial) {
    const next = { ...startOf(spec), parts };
    setStarted(next);
    return { start: next.path, now: told ?? next.path, serial, parts };
  }
  if (started.parts !== parts || (resting && told !== undefined && told !== started.path)) {
    const path = told ?? started.path;
    setStarted({ path, serial, parts });
    return { start: path, now: path, serial, parts };
  }
  return { start: started.path, now: told ?? started.path, serial, parts };
}

/** The same object for as long as nothing in it changes. */
function useParts(tenant: string | null): Parts {
  const prefix = useStore((state) => state.workspace?.prefix);
  const chosen = useStore((state) => state.selection.parts);
  const text = JSON.stringify(partsFor(tenant, prefix ? { prefix } : null, chosen));
  return useMemo(() => JSON.parse(text) as Parts, [text]);
}

function startOf({ tenant }: PaneSpec): { path: string; serial: number } {
  const { selection, workspace, navigation } = useStore.getState();
  return { path: pathFor(tenant, selection, workspace), serial: navigation.serial };
}
