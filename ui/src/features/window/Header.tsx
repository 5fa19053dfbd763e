import { Button, Kbd } from "@/components";
import { SearchIcon } from "@/components/icons";
import { AddressBar } from "@/features/address/AddressBar";
import { WorkspaceMenu } from "@/features/workspace/WorkspaceMenu";
import { shortcutKeys } from "@/state/commands";
import { openDialog, useStore } from "@/state/store";
import { SyncMenu } from "./SyncMenu";
import { ThemeButton } from "./ThemeButton";

/** The bar at the top: workspace, address, and what concerns all panes. */
export function Header() {
  const ready = useStore((state) => (state.workspace?.previews.length ?? 0) > 0);
  return (
    <header className="flex h-[52px] shrink-0 items-center gap-2 border-b border-line bg-panel pr-3">
      <div className="flex w-[228px] shrink-0 items-center pl-1.5"><WorkspaceMenu /></div>
      {ready ? <AddressBar /> : <div className="flex-1" />}
      <div className="flex shrink-0 items-center gap-1">
        {ready ? <SyncMenu /> : null}
        <Button look="quiet" aria-label="Search everything" onClick={() => openDialog({ kind: "palette" })}>
          <SearchIcon /><span className="hidden min-[1400px]:inline"><Kbd keys={shortcutKeys("mod+k")} /></span>
        </Button>
        <ThemeButton />
      </div>
    </header>
  );
}
