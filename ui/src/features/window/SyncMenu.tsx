import { useMemo } from "react";
import { Button, Menu, MenuCheck } from "@/components";
import { SyncIcon } from "@/components/icons";
import { useCommands, type Command } from "@/state/commands";
import { select, useStore } from "@/state/store";

const words = ({ scroll, path }: { scroll: boolean; path: boolean }) =>
  scroll && path ? "scroll, path" : scroll ? "scroll" : path ? "path" : "off";

/** What follows from one pane to the others. */
export function SyncMenu() {
  const sync = useStore((state) => state.selection.sync);
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "sync.scroll", group: "Panes", title: sync.scroll ? "Stop scrolling the panes together" : "Scroll the panes together", run: () => select({ sync: { ...sync, scroll: !sync.scroll } }) },
        { id: "sync.path", group: "Panes", title: sync.path ? "Stop navigating the panes together" : "Navigate the panes together", run: () => select({ sync: { ...sync, path: !sync.path } }) },
      ],
      [sync],
    ),
  );
  return (
    <Menu
      label="What the panes do together" align="end" width={220}
      trigger={
        <Button look="quiet" aria-label={`Sync: ${words(sync)}`} title="What follows from one pane to the others">
          <SyncIcon /><span className="hidden xl:inline">Sync: {words(sync)}</span>
        </Button>
      }
    >
      <MenuCheck keepOpen checked={sync.scroll} onChange={(scroll) => select({ sync: { ...sync, scroll } })}>Scroll together</MenuCheck>
      <MenuCheck keepOpen checked={sync.path} onChange={(path) => select({ sync: { ...sync, path } })}>Navigate together</MenuCheck>
    </Menu>
  );
}
