import { useId, useMemo, useRef, useState } from "react";
import { classes, IconButton, Menu, MenuItem, MenuLine, MiddleEllipsis } from "@/components";
import { LockIcon, MoreIcon, PlusIcon, UnlockIcon } from "@/components/icons";
import type { Preview } from "@/api/types";
import { useCommands, type Command } from "@/state/commands";
import { setUnlocked, showError } from "@/state/operations";
import { openDialog, select, setFilter, useStore } from "@/state/store";
import { PreviewDot } from "./PreviewDot";
import { Unverified } from "./Unverified";
import { upstreamShort } from "./upstream";
import { useListKeys } from "./useListKeys";

const none: readonly Preview[] = [];
const words = { up: "answers", down: "does not answer", unknown: "not asked yet" };

/** The workspace's previews. */
export function PreviewList() {
  const id = useId();
  const previews = useStore((state) => state.workspace?.previews ?? none);
  const chosen = useStore((state) => state.selection.previews);
  const [menu, setMenu] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const names = useMemo(() => previews.map(({ name }) => name), [previews]);
  const list = useListKeys({
    ids: names, chosen, onMenu: setMenu, onEdit: (name) => openDialog({ kind: "preview", name }),
    onChoose: (next) => (next.length > 0 ? select({ previews: next }) : undefined),
    reveal: (at) => box.current?.children[at]?.scrollIntoView({ block: "nearest" }),
  });
  useCommands(
    useMemo<Command[]>(() => [{ id: "preview.add", group: "Previews", title: "Add a preview", run: () => openDialog({ kind: "preview", name: null }) }], []),
  );

  return (
    <section aria-label="Previews" className="flex max-h-[45%] shrink-0 flex-col border-t border-line pb-2">
      <div className="flex h-9 shrink-0 items-center gap-2 pr-2 pl-4">
        <h2 className="flex-1 text-cap font-name text-second">Previews</h2>
        <IconButton label="Add a preview" onClick={() => openDialog({ kind: "preview", name: null })}><PlusIcon /></IconButton>
      </div>
      <div
        ref={box} role="listbox" aria-label="Previews" aria-multiselectable tabIndex={0}
        aria-activedescendant={list.active === null ? undefined : `${id}-${list.active}`}
        className="group/list min-h-0 overflow-y-auto px-2 outline-none" onKeyDown={list.onKeyDown}
      >
        {previews.map((preview) => (
          <PreviewRow
            key={preview.name} id={`${id}-${preview.name}`} preview={preview} chosen={chosen.includes(preview.name)} active={list.active === preview.name}
            menuOpen={menu === preview.name} onMenu={(open) => setMenu(open ? preview.name : null)}
            onClick={list.onRowClick(preview.name)} onToggle={() => list.toggle(preview.name)}
          />
        ))}
      </div>
      {previews.length === 0 ? <p className="px-4 text-second">A preview is one running copy of your app. Add one by its address.</p> : null}
    </section>
  );
}

function PreviewRow({ id, preview, chosen, active, menuOpen, onMenu, onClick, onToggle }: {
  id: string; preview: Preview; chosen: boolean; active: boolean; menuOpen: boolean;
  onMenu: (open: boolean) => void; onClick: (event: React.MouseEvent) => void; onToggle: () => void;
}) {
  const { name, branch, upstream, access, unlocked, insecure, missingVariables } = preview;
  const readOnly = access === "read-only";
  const where = upstreamShort(upstream);
  return (
    <div
      role="presentation"
      className={classes(
        "group/row flex h-[29px] items-center rounded-control pr-1",
        chosen ? "bg-raised" : "hover:bg-hover",
        active && "group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-(--td-focus)",
      )}
    >
      <div
        id={id} role="option" aria-selected={chosen} aria-label={`${name}: ${words[preview.status]}${readOnly ? (unlocked ? ", unlocked" : ", read-only") : ""}${insecure ? ", TLS not verified" : ""}`} data-testid={`preview-${name}`} className="flex h-full min-w-0 flex-1 items-center gap-2.5 pr-2 pl-2.5"
        onClick={onClick} onDoubleClick={() => openDialog({ kind: "preview", name })}
        onContextMenu={(event) => {
          event.preventDefault();
          onMenu(true);
        }}
      >
        <PreviewDot preview={preview} />
        <span className="wire flex min-w-0 shrink" title={branch && branch !== name ? `${name}, branch ${branch}` : name}><MiddleEllipsis text={name} tail={8} /></span>
      </div>
      {readOnly ? (
        <IconButton
          label={unlocked ? `${name} is unlocked: lock it again` : `${name} is read-only: unlock it…`}
          className={classes("mr-1 size-5", unlocked && "text-warn")}
          onClick={() => (unlocked ? void setUnlocked(name, false).catch(showError) : openDialog({ kind: "unlock", preview: name }))}
        >
          {unlocked ? <UnlockIcon size={13} /> : <LockIcon size={13} />}
        </IconButton>
      ) : null}
      {insecure ? <Unverified plain className="mr-1 text-cap" /> : null}
      <span
        className={classes("wire truncate pr-1.5 !text-cap text-third group-hover/row:hidden", where.startsWith(":") ? "shrink-0" : "max-w-[45%] min-w-8 shrink-[3]", menuOpen && "hidden")}
        title={missingVariables.length > 0 ? `needs ${missingVariables.join(", ")}` : upstream} onClick={onClick}
      >
        {missingVariables.length > 0 ? <span className="text-warn">needs a variable</span> : where}
      </span>
      <Menu
        label={`Actions for ${name}`} open={menuOpen} onOpenChange={onMenu} align="end"
        trigger={
          <IconButton label={`Actions for ${name}`} tabIndex={-1} className={menuOpen ? "" : "hidden! group-hover/row:inline-flex!"}><MoreIcon /></IconButton>
        }
      >
        <MenuItem onSelect={() => select({ previews: [name] })}>Show alone</MenuItem>
        <MenuItem onSelect={onToggle}>{chosen ? "Take out of the panes" : "Compare with what is shown"}</MenuItem>
        <MenuItem onSelect={() => setFilter(`preview:${name}`)}>Show its trace</MenuItem>
        {readOnly ? (
          <MenuItem onSelect={() => (unlocked ? void setUnlocked(name, false).catch(showError) : openDialog({ kind: "unlock", preview: name }))}>
            {unlocked ? "Lock" : "Unlock…"}
          </MenuItem>
        ) : null}
        <MenuLine />
        <MenuItem onSelect={() => openDialog({ kind: "preview", name })}>Edit…</MenuItem>
        <MenuItem danger onSelect={() => openDialog({ kind: "remove-preview", preview: name })}>Remove…</MenuItem>
      </Menu>
    </div>
  );
}
