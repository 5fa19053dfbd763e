import { useMemo } from "react";
import type { Preview } from "@/api/types";
import { useCommands, type Command } from "@/state/commands";
import { showError } from "@/state/operations";
import { canStart, canStop, distrust, hasLog, refreshSources, restartServer, startServer, stopServer } from "@/state/serving";
import { openDialog, useStore } from "@/state/store";
import { showLog } from "@/features/trace/view";
import { titleOf } from "./previewState";

const none: readonly Preview[] = [];

/** Servers of what is shown, and the workspace's sources, from the palette. */
export function useServerCommands(): void {
  const previews = useStore((state) => state.workspace?.previews ?? none);
  const chosen = useStore((state) => state.selection.previews);
  const trusted = useStore((state) => state.workspace?.trust?.trusted ?? null);
  const gathers = useStore((state) => state.workspace !== null && (state.workspace.sources.length > 0 || state.workspace.tenantList.kind !== "workspace"));

  useCommands(
    useMemo<Command[]>(() => {
      const group = "Dev servers";
      const shown = previews.filter(({ name, server }) => server !== null && chosen.includes(name));
      return shown.flatMap((preview) => {
        const { name } = preview;
        const title = titleOf(preview);
        return [
          ...(canStart(preview) ? [{ id: `server.start ${name}`, group, title: `Start ${title}`, run: () => void startServer(name) }] : []),
          ...(canStop(preview)
            ? [
                { id: `server.stop ${name}`, group, title: `Stop ${title}`, run: () => void stopServer(name) },
                { id: `server.restart ${name}`, group, title: `Restart ${title}`, run: () => void restartServer(name) },
              ]
            : []),
          ...(hasLog(preview) ? [{ id: `server.log ${name}`, group, title: `Open the log of ${title}`, run: () => showLog(name) }] : []),
        ];
      });
    }, [previews, chosen]),
  );

  useCommands(
    useMemo<Command[]>(
      () => [
        ...(gathers ? [{ id: "sources.refresh", group: "Workspace", title: "Look for tenants and previews again", run: () => void refreshSources() }] : []),
        ...(trusted === null ? [] : [{ id: "workspace.trust", group: "Workspace", title: trusted ? "Show the trusted commands…" : "Trust this folder…", run: () => openDialog({ kind: "trust", start: null }) }]),
        ...(trusted === true ? [{ id: "workspace.distrust", group: "Workspace", title: "Trust this folder no longer", run: () => void distrust().catch(showError) }] : []),
      ],
      [gathers, trusted],
    ),
  );
}
