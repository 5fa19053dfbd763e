import { useMemo } from "react";
import { Button, Menu, MenuItem, MenuLabel, MenuLine } from "@/components";
import { ChevronIcon } from "@/components/icons";
import { shortcutKeys, useCommands, type Command } from "@/state/commands";
import { openDemo, openRecent, showError, undo } from "@/state/operations";
import { openDialog, useStore } from "@/state/store";

/** Which workspace this is, and the way to the others. */
export function WorkspaceMenu() {
  const workspace = useStore((state) => state.workspace);
  const origin = workspace?.origin.kind ?? "draft";
  const canUndo = (workspace?.lastEdit ?? null) !== null;
  const problems = workspace?.problems.length ?? 0;
  const variables = workspace?.variables.length ?? 0;
  const tooLong = (workspace?.overBudget?.count ?? 0) > 0;
  const trusted = workspace?.trust?.trusted ?? null;
  const nothingToUndo = canUndo ? null : "Nothing to undo";

  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "workspace.open", group: "Workspace", title: "Open a folder…", shortcut: "mod+o", run: () => openDialog({ kind: "open-workspace" }) },
        { id: "workspace.start", group: "Workspace", title: "Your app: paste an address…", run: () => openDialog({ kind: "your-app" }) },
        { id: "workspace.demo", group: "Workspace", title: "Open the demo", run: () => void openDemo().catch(showError) },
        { id: "workspace.save", group: "Workspace", title: "Save tripledash.json…", shortcut: "mod+s", run: () => openDialog({ kind: "save-workspace" }) },
        { id: "workspace.undo", group: "Workspace", title: "Undo the last change", shortcut: "mod+z", disabled: nothingToUndo, run: () => void undo() },
        { id: "workspace.pages", group: "Pages", title: "Edit the pages…", run: () => openDialog({ kind: "pages" }) },
        { id: "workspace.tenants", group: "Tenants", title: "Where tenants are listed…", run: () => openDialog({ kind: "tenants-from" }) },
        { id: "workspace.rules", group: "Workspace", title: "Rules, and what would happen…", run: () => openDialog({ kind: "rules", url: null }) },
        { id: "workspace.addresses", group: "Workspace", title: "Name and addresses…", run: () => openDialog({ kind: "addresses" }) },
        { id: "workspace.variables", group: "Workspace", title: "Variables…", run: () => openDialog({ kind: "variables", preview: null }) },
        { id: "workspace.over-budget", group: "Workspace", title: "Tenants that are too long for an address…", disabled: tooLong ? null : "Every tenant fits every preview", run: () => openDialog({ kind: "over-budget" }) },
        { id: "workspace.problems", group: "Workspace", title: "Problems of the file", disabled: problems > 0 || tooLong ? null : "The file has no problems", run: () => openDialog({ kind: "problems" }) },
      ],
      [nothingToUndo, problems, tooLong],
    ),
  );

  const unsaved = origin === "draft" && (workspace?.previews.length ?? 0) > 0;
  const recent = (workspace?.recent ?? []).filter(({ folder }) => folder !== workspace?.origin.folder);
  return (
    <>
      <Menu
        label="Workspace" width={260}
        trigger={
          <button type="button" aria-label={`Workspace: ${workspace?.name ?? "none"}`} className="flex h-8 min-w-0 items-center gap-2 rounded-control px-2 hover:bg-raised data-[state=open]:bg-raised">
            <Mark />
            <span className="min-w-0 truncate font-name" title={workspace?.origin.folder}>{workspace?.name || "Tripledash"}</span>
            {origin === "demo" ? <span className="shrink-0 text-cap text-third">demo</span> : null}
            <span className="text-third"><ChevronIcon size={12} /></span>
          </button>
        }
      >
        <MenuItem keys={shortcutKeys("mod+o")} onSelect={() => openDialog({ kind: "open-workspace" })}>Open a folder…</MenuItem>
        <MenuItem onSelect={() => openDialog({ kind: "your-app" })}>Your app: paste an address…</MenuItem>
        <MenuItem disabledReason={origin === "demo" ? "This is the demo" : null} onSelect={() => void openDemo().catch(showError)}>Look around in the demo</MenuItem>
        <MenuLine />
        <MenuItem onSelect={() => openDialog({ kind: "addresses" })}>Name and addresses…</MenuItem>
        <MenuItem onSelect={() => openDialog({ kind: "rules", url: null })}>Rules, and what would happen…</MenuItem>
        <MenuItem onSelect={() => openDialog({ kind: "pages" })}>Pages…</MenuItem>
        <MenuItem onSelect={() => openDialog({ kind: "tenants-from" })}>Where tenants are listed…</MenuItem>
        {variables > 0 ? <MenuItem onSelect={() => openDialog({ kind: "variables", preview: null })}>Variables…</MenuItem> : null}
        <MenuLine />
        <MenuItem keys={shortcutKeys("mod+s")} onSelect={() => openDialog({ kind: "save-workspace" })}>{origin === "folder" ? "Save in another folder…" : "Save tripledash.json…"}</MenuItem>
        <MenuItem keys={shortcutKeys("mod+z")} disabledReason={nothingToUndo} onSelect={() => void undo()}>Undo the last change</MenuItem>
        <MenuItem disabledReason={problems > 0 || tooLong ? null : "The file has no problems"} onSelect={() => openDialog({ kind: "problems" })}>
          {problems > 0 ? `Problems (${problems})…` : tooLong ? "Problems…" : "Problems"}
        </MenuItem>
        {trusted === null ? null : (
          <MenuItem onSelect={() => openDialog({ kind: "trust", start: null })}>{trusted ? "What is trusted…" : "Trust this folder…"}</MenuItem>
        )}
        {workspace?.origin.file ? (
          <>
            <MenuLine />
            <MenuLabel>The file</MenuLabel>
            <div className="wire px-2 pb-1 !text-cap break-all text-third select-text">{workspace.origin.file}</div>
          </>
        ) : null}
        {recent.length > 0 ? (
          <>
            <MenuLine />
            <MenuLabel>Recent</MenuLabel>
            {recent.slice(0, 8).map(({ name, folder }) => (
              <MenuItem key={folder} detail={folder} onSelect={() => void openRecent(folder)}>{name}</MenuItem>
            ))}
      
    </>
      ) : null}
    </Menu>
    {unsaved ? <Button look="quiet" className="ml-auto px-2" title="This workspace is a draft: write it to a tripledash.json" onClick={() => openDialog({ kind: "save-workspace" })}>Save…</Button> : null}
    </>
  );
}

/** The three dashes. */
export function Mark({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={(size * 8) / 30} viewBox="0 0 30 8" aria-hidden className="shrink-0 text-text">
      {[0, 11, 22].map((x) => <rect key={x} x={x} y="2" width="8" height="4" rx="2" fill="currentColor" />)}
    </svg>
  );
}
