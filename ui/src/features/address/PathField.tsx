import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Badge, classes } from "@/components";
import { useCommands, type Command } from "@/state/commands";
import type { Shown } from "@/state/shown";
import { goTo, openDialog, useStore } from "@/state/store";
import { typedPath } from "./typedPath";

/** The path that all panes show; pages by name drop down under it. */
export function PathField({ shown, prefixes }: { shown: readonly Shown[]; prefixes: readonly string[] }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const pages = useStore((state) => state.workspace?.pages);
  const page = useStore((state) => state.selection.page);
  const shared = useStore((state) => state.selection.path);
  const current = shown.length === 1 ? (shown[0]?.item.path ?? shared) : page === null ? shared : (shown[0]?.item.path ?? shared);
  const [draft, setDraft] = useState<string | null>(null);
  const [active, setActive] = useState(-1);
  const editing = draft !== null;

  const found = useMemo(() => {
    const words = (draft ?? "").trim().toLowerCase();
    const all = pages ?? [];
    return draft === current ? all : all.filter((one) => one.name.toLowerCase().includes(words) || one.path.toLowerCase().includes(words));
  }, [pages, draft, current]);

  useEffect(() => {
    if (editing) input.current?.select();
  }, [editing]);

  const room = (draft ?? current).length + 2 + (page !== null && !editing ? page.length + 3 : 0);
  const leave = () => {
    setDraft(null);
    setActive(-1);
  };
  const go = (path: string, name: string | null) => {
    goTo(path, name);
    leave();
    input.current?.blur();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setActive(Math.min(found.length - 1, active + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(-1, active - 1));
    else if (event.key === "Enter") {
      const one = found[active];
      if (one) go(one.path, one.name);
      else go(typedPath(draft ?? current, prefixes), null);
    } else if (event.key === "Escape") {
      leave();
      input.current?.blur();
    } else return;
    event.preventDefault();
  };

  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "address.edit", group: "Address", title: "Go to a path…", shortcut: "mod+l", run: () => input.current?.focus() },
        ...(pages ?? []).map((one) => ({ id: `page.${one.name}`, group: "Pages", title: `Go to ${one.name}`, run: () => goTo(one.path, one.name) })),
      ],
      [pages],
    ),
  );

  return (
    <div className="relative flex items-center gap-1.5" style={{ flex: `1 1 ${room}ch`, minWidth: editing ? "min(22ch, 40%)" : `min(12ch, ${room}ch)` }}>
      <input
        ref={input}
        role="combobox" aria-label="Path" aria-expanded={editing && found.length > 0} aria-controls={`${id}-pages`} aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        className="wire h-7 w-full min-w-0 truncate rounded-[5px] bg-transparent text-[13px] text-text outline-offset-0 focus:ml-1 focus:px-1.5"
        spellCheck={false} autoComplete="off" autoCapitalize="off"
        value={draft ?? current} title={current}
        onFocus={() => setDraft(current)}
        onBlur={leave}
        onChange={(event) => {
          setDraft(event.target.value);
          setActive(-1);
        }}
        onKeyDown={onKeyDown}
      />
      {page !== null && !editing ? <Badge title="Some tenants have this page elsewhere; each pane shows its own">{page}</Badge> : null}
      {editing ? (
        <div className="rise absolute top-9 left-0 z-40 w-72 rounded-[9px] border border-line bg-panel shadow-float" onMouseDown={(event) => event.preventDefault()}>
          {found.length > 0 ? (
            <ul id={`${id}-pages`} role="listbox" aria-label="Pages" className="max-h-80 overflow-y-auto p-1">
              {found.map((one, at) => (
                <li
                  key={one.name} id={`${id}-${at}`} role="option" aria-selected={at === active}
                  className={classes("flex h-7 items-center gap-3 rounded-[6px] px-2", at === active && "bg-raised")}
                  onPointerMove={() => setActive(at)}
                  onClick={() => go(one.path, one.name)} // not at the press: its release would fall on the pane beneath
                >
                  <span className="max-w-[70%] min-w-0 flex-1 truncate font-sans" title={one.name}>{one.name}</span>
                  <span className="wire ml-auto truncate !text-cap text-third">{one.path}</span>
                </li>
              ))}
            </ul>
          ) : null}
          <div className={classes("p-1", found.length > 0 && "border-t border-line")}>
            <button
              type="button" tabIndex={-1} className="flex h-7 w-full items-center rounded-[6px] px-2 font-sans text-body text-second hover:bg-raised hover:text-text"
              onClick={() => {
                leave();
                input.current?.blur();
                openDialog({ kind: "pages" });
              }}
            >
              Edit the pages…
            </button>
          </div>
        </div>
      ) : null}
    </div>
  );
}
