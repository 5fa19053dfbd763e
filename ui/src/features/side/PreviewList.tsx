import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { classes, IconButton, inputClasses, Menu, MenuItem, MenuLabel, MenuLine } from "@/components";
import { PlusIcon } from "@/components/icons";
import type { Preview, Source } from "@/api/types";
import { useNow } from "@/state/clock";
import { useCommands, type Command } from "@/state/commands";
import { canStart, canStop, hasLog, startServer, stopServer } from "@/state/serving";
import { openDialog, select, useStore } from "@/state/store";
import { showLog } from "@/features/trace/view";
import { UNREAD, useUnread } from "@/state/unread";
import { OverBudgetLine } from "./OverBudgetLine";
import { heightOf, PreviewRow } from "./PreviewRow";
import { SEARCHED_FROM, sections, type Row } from "./sections";
import { LeftOut, SourceHead, SourceNote, SourceNotes } from "./SourceHead";
import { useListKeys } from "./useListKeys";

const none: readonly Preview[] = [];
const noSources: readonly Source[] = [];
const newSources = [
  { source: "git", title: "Branches of a git repository" },
  { source: "vercel", title: "Deployments of a Vercel project" },
  { source: "template", title: "An address with the branch in it" },
] as const;
const HEAD = 30;
const NOTE = 52;
const sizeOf = (row: Row | undefined): number => (row?.kind === "preview" ? heightOf(row.preview) + 1 : row?.kind === "head" ? HEAD : NOTE);

/** The workspace's previews: what the file names and what runs, then what its sources find. */
export function PreviewList({ className, most }: { className?: string; most: string }) {
  const id = useId();
  const previews = useStore((state) => state.workspace?.previews ?? none);
  const sources = useStore((state) => state.workspace?.sources ?? noSources);
  const chosen = useStore((state) => state.selection.previews);
  const now = useNow();
  const unread = useUnread();
  const [query, setQuery] = useState("");
  const [menu, setMenu] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const searched = previews.length >= SEARCHED_FROM;
  const asked = searched ? query : "";

  const rows = useMemo(() => sections(previews, sources, asked), [previews, sources, asked]);
  const names = useMemo(() => rows.flatMap((row) => (row.kind === "preview" ? [row.key] : [])), [rows]);
  const places = useMemo(() => new Map(rows.map(({ key }, at) => [key, at])), [rows]);
  const positions = useMemo(() => new Map(names.map((name, at) => [name, at])), [names]);
  const on = useMemo(() => new Set(chosen), [chosen]);
  const virtual = useVirtualizer({
    count: rows.length, getScrollElement: () => scroller.current, estimateSize: (at) => sizeOf(rows[at]), getItemKey: (at) => rows[at]?.key ?? at, overscan: 8,
  });
  const reveal = (name: string | undefined) => {
    const place = name === undefined ? undefined : places.get(name);
    if (place !== undefined) virtual.scrollToIndex(place, { align: "auto" });
  };

  const list = useListKeys({
    ids: names, chosen, onMenu: setMenu, reveal: (at) => reveal(names[at]),
    onEdit: (name) => {
      if (previews.find((one) => one.name === name)?.source === null) openDialog({ kind: "preview", name });
    },
    onChoose: (next) => (next.length > 0 ? select({ previews: next }) : undefined),
  });

  // A branch that was started here goes to the top of the list; the list goes along.
  const [started, setStarted] = useState<{ name: string; from: number } | null>(null);
  const startedAt = started === null ? undefined : places.get(started.name);
  useEffect(() => {
    if (started === null || startedAt === undefined || startedAt === started.from) return;
    virtual.scrollToIndex(startedAt, { align: "auto" });
    setStarted(null);
  }, [started, startedAt, virtual]);
  const noteStart = (name: string) => {
    list.activate(name);
    setStarted({ name, from: places.get(name) ?? -1 });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const active = previews.find(({ name }) => name === list.active);
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && event.target === event.currentTarget;
    if (active && plain && event.key.toLowerCase() === "s" && (canStart(active) || canStop(active))) {
      event.preventDefault();
      if (canStop(active)) void stopServer(active.name);
      else {
        noteStart(active.name);
        void startServer(active.name);
      }
    } else if (active && plain && event.key.toLowerCase() === "l" && hasLog(active)) {
      event.preventDefault();
      showLog(active.name);
    } else list.onKeyDown(event);
  };

  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "preview.add", group: "Previews", title: "Add a preview", disabled: unread ? UNREAD : null, run: () => openDialog({ kind: "preview", name: null }) },
        ...newSources.map(({ source, title }): Command => ({ id: `source.add.${source}`, group: "Previews", title: `Add a source: ${title.charAt(0).toLowerCase()}${title.slice(1)}`, disabled: unread ? UNREAD : null, run: () => openDialog({ kind: "source", at: null, source }) })),
        {
          id: "preview.find", group: "Previews", title: "Find a preview", disabled: searched ? null : "All of them are in sight",
          run: () => requestAnimationFrame(() => search.current?.select()),
        },
      ],
      [searched, unread],
    ),
  );

  const total = previews.length.toLocaleString("en");
  return (
    <section aria-label="Previews" className={classes("flex flex-col border-t border-line", className)} style={{ maxHeight: most }}>
      <div className="flex h-9 shrink-0 items-center gap-2 pr-2 pl-4">
        <h2 className="flex-1 text-cap font-name text-second">Previews</h2>
        <span className="text-cap text-third" aria-live="polite">
          {asked.trim() !== "" ? `${names.length.toLocaleString("en")} found` : searched ? `${chosen.length} of ${total}` : ""}
        </span>
        {unread ? null : <Menu label="Add" align="end" width={230} trigger={<IconButton label="Add a preview"><PlusIcon /></IconButton>}>
          <MenuItem onSelect={() => openDialog({ kind: "preview", name: null })}>A preview by its address…</MenuItem>
          <MenuLine />
          <MenuLabel>Find previews by themselves</MenuLabel>
          {newSources.map(({ source, title }) => <MenuItem key={source} onSelect={() => openDialog({ kind: "source", at: null, source })}>{title}…</MenuItem>)}
        </Menu>}
      </div>
      {searched ? (
        <div className="shrink-0 px-3 pb-2">
          <input
            ref={search} type="search" aria-label="Find a preview" aria-controls={`${id}-list`} placeholder="Find a preview"
            className={classes(inputClasses, "[&::-webkit-search-cancel-button]:hidden")} spellCheck={false} autoComplete="off" value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              if (scroller.current) scroller.current.scrollTop = 0;
            }}
            onKeyDown={(event) => {
              const first = names[0];
              if (event.key === "Escape") setQuery("");
              else if (event.key === "Enter" && first !== undefined)
                select({ previews: event.ctrlKey || event.metaKey ? [...new Set([...chosen, first])] : [first] });
              else if (event.key === "ArrowDown" && first !== undefined) {
                list.activate(first);
                reveal(first);
                scroller.current?.focus();
              } else return;
              event.preventDefault();
            }}
          />
        </div>
      ) : null}
      <div
        ref={scroller} id={`${id}-list`} role="listbox" aria-label="Previews" aria-multiselectable tabIndex={names.length > 0 ? 0 : -1}
        aria-activedescendant={list.active === null ? undefined : `${id}-${list.active}`}
        className="group/list min-h-0 overflow-y-auto px-2 pb-2 outline-none" onKeyDown={onKeyDown}
      >
        <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index];
            if (!row) return null;
            const fixed = row.kind === "note" ? undefined : sizeOf(row) - 1;
            return (
              <div key={key} ref={row.kind === "note" ? virtual.measureElement : undefined} data-index={index} role="presentation" className="absolute inset-x-0" style={{ top: start, height: fixed }}>
                {row.kind === "head" ? (
                  <SourceHead source={row.source} count={row.count} />
                ) : row.kind === "note" ? (
                  row.about === "status" ? <SourceNote {...row.source} /> : row.about === "notes" ? <SourceNotes notes={row.source.notes} /> : <LeftOut source={row.source} />
                ) : (
                  <PreviewRow
                    id={`${id}-${row.key}`} preview={row.preview} now={now} at={positions.get(row.key) ?? 0} count={names.length} chosen={on.has(row.key)}
                    active={list.active === row.key} menuOpen={menu === row.key} onMenu={(open) => setMenu(open ? row.key : null)}
                    onClick={list.onRowClick(row.key)} onToggle={() => list.toggle(row.key)} onStart={() => noteStart(row.key)}
                  />
                )}
              </div>
            );
          })}
        </div>
        {asked.trim() !== "" && names.length === 0 ? <p className="px-2 py-1.5 text-second">No preview matches “{query.trim()}”.</p> : null}
      </div>
      <OverBudgetLine />
      {previews.length === 0 && sources.length === 0 && !unread ? <p className="px-4 pb-2 text-second">A preview is one running copy of your app. Add one by its address.</p> : null}
    </section>
  );
}
