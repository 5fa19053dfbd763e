import { useEffect, useMemo } from "react";
import type { Preview } from "@/api/types";
import { useCommands, type Command } from "@/state/commands";
import { openDialog, useStore } from "@/state/store";
import { titleOf } from "@/features/side/previewState";
import { askForAdded, useProbes } from "./probes";

const none: readonly Preview[] = [];

/** From the palette, for what is shown; and by itself, for what this window has just added. */
export function useProbeCommands(): void {
  const previews = useStore((state) => state.workspace?.previews ?? none);
  const tenants = useStore((state) => state.workspace?.tenants.length ?? 0);
  const chosen = useStore((state) => state.selection.previews);
  const offers = useProbes((state) => state.offers);
  useEffect(() => askForAdded(), [previews, tenants, offers]);
  useCommands(
    useMemo<Command[]>(
      () =>
        previews.filter(({ name, upstream }) => upstream !== null && chosen.includes(name)).map((preview) => ({
          id: `preview.probe ${preview.name}`, group: "Previews", title: `Find out which Host ${titleOf(preview)} understands…`,
          run: () => openDialog({ kind: "probe", preview: preview.name }),
        })),
      [previews, chosen],
    ),
  );
}
