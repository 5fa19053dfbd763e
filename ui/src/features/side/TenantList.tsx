import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { classes, IconButton, inputClasses, Kbd } from "@/components";
import { PlusIcon } from "@/components/icons";
import type { Tenant } from "@/api/types";
import { useCommands, type Command } from "@/state/commands";
import { select, useStore } from "@/state/store";
import { UNREAD, useUnread } from "@/state/unread";
import { AddTenantRow } from "./AddTenantRow";
import { focusTenantSearch, setTenantSearch } from "./focus";
import { findTenants, tagsOf } from "./search";
import { TagFilter } from "./TagFilter";
import { TenantSource } from "./TenantSource";
import { useWhyNotHere } from "./tenantSource";
import { TenantRow } from "./TenantRow";
import { useListKeys } from "./useListKeys";

const ROW = 30;
const none: readonly Tenant[] = [];

/** The workspace's tenants: find, choose one or many, add and edit where they stand. */
export function TenantList({ className }: { className?: string }) {
  const id = useId();
  const tenants = useStore((state) => state.workspace?.tenants ?? none);
  const chosen = useStore((state) => state.selection.tenants);
  const tenantList = useStore((state) => state.workspace?.tenantList);
  const elsewhere = useWhyNotHere();
  const unread = useUnread();
  const noAdding = elsewhere ?? (unread ? UNREAD : null);
  const [query, setQuery] = useState("");
  const [tags, setTags] = useState<readonly string[]>([]);
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [menu, setMenu] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);

  const allTags = useMemo(() => tagsOf(tenants), [tenants]);
  const found = useMemo(() => findTenants(tenants, query, tags), [tenants, query, tags]);
  useEffect(() => {
    const idle = setTimeout(() => findTenants(tenants, "-", []), 0); // so that the first key does not pay for preparing 50,000 texts
    return () => clearTimeout(idle);
  }, [tenants]);
  const ids = useMemo(() => found.map((tenant) => tenant.id), [found]);
  const on = useMemo(() => new Set(chosen), [chosen]);
  const rows = useVirtualizer({ count: found.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 8 });

  const list = useListKeys({
    ids, chosen, onChoose: (next) => select({ tenants: next }), reveal: (at) => rows.scrollToIndex(at), onMenu: setMenu,
    ...(elsewhere === null ? { onEdit: setRenaming } : {}),
  });
  const searchRef = useCallback((element: HTMLInputElement | null) => setTenantSearch(element), []);

  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "tenant.find", group: "Tenants", title: "Find a tenant", shortcut: "/", run: focusTenantSearch },
        { id: "tenant.add", group: "Tenants", title: "Add a tenant", disabled: noAdding, run: () => setAdding(true) },
        { id: "tenant.none", group: "Tenants", title: "Show the host without a tenant", run: () => select({ tenants: [] }) },
      ],
      [noAdding],
    ),
  );

  return (
    <section aria-label="Tenants" className={classes("flex flex-col", className)}>
      <div className={classes("flex h-9 shrink-0 items-center gap-2 pl-4", elsewhere === null ? "pr-2" : "pr-3.5")}>
        <h2 className="flex-1 text-cap font-name text-second">Tenants</h2>
        <span className="text-cap text-third" aria-live="polite">
          {query !== "" || tags.length > 0 ? `${found.length.toLocaleString("en")} found` : tenants.length === 0 ? "" : `${chosen.length} of ${tenants.length.toLocaleString("en")}`}
        </span>
        {noAdding === null ? <IconButton label="Add a tenant" onClick={() => setAdding(true)}><PlusIcon /></IconButton> : null}
      </div>
      {tenantList && elsewhere !== null ? <TenantSource list={tenantList} /> : null}
      {tenants.length > 0 ? (
        <div className="relative shrink-0 px-3 pb-2">
          <input
            ref={searchRef}
            type="search" aria-label="Find a tenant" aria-controls={`${id}-list`} placeholder="Find a tenant"
            className={classes(inputClasses, "pr-8 [&::-webkit-search-cancel-button]:hidden")}
            spellCheck={false} autoComplete="off" value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setQuery("");
              else if (event.key === "ArrowDown" || event.key === "Enter") {
                const first = ids[0];
                if (event.key === "Enter" && first !== undefined) select({ tenants: event.ctrlKey || event.metaKey ? [...new Set([...chosen, first])] : [first] });
                else if (first !== undefined) {
                  list.activate(first);
                  rows.scrollToIndex(0);
                  scroller.current?.focus();
                }
              } else return;
              event.preventDefault();
            }}
          />
          <span className="pointer-events-none absolute top-2 right-5"><Kbd keys={["/"]} /></span>
        </div>
      ) : null}
      {allTags.length > 0 ? <TagFilter tags={allTags} chosen={tags} onChange={setTags} /> : null}
      {noAdding === null && (adding || tenants.length === 0) ? (
        <AddTenantRow start={found.length === 0 ? query : ""} first={tenants.length === 0} onAdd={() => setAdding(true)} onDone={() => setAdding(false)} />
      ) : null}
      <div
        ref={scroller}
        id={`${id}-list`} role="listbox" aria-label="Tenants" aria-multiselectable tabIndex={found.length > 0 ? 0 : -1}
        aria-activedescendant={list.active === null ? undefined : `${id}-${list.active}`}
        className="group/list min-h-0 shrink overflow-y-auto px-2 pb-2 outline-none" onKeyDown={list.onKeyDown}
      >
        <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const tenant = found[item.index];
            return tenant ? (
              <TenantRow
                key={tenant.id} id={`${id}-${tenant.id}`} tenant={tenant} top={item.start} height={ROW} at={item.index} count={found.length}
                chosen={on.has(tenant.id)} active={list.active === tenant.id} renaming={renaming === tenant.id} menuOpen={menu === tenant.id}
                onClick={list.onRowClick(tenant.id)} onToggle={() => list.toggle(tenant.id)}
                onRename={(start) => setRenaming(start ? tenant.id : null)} onMenu={(open) => setMenu(open ? tenant.id : null)}
              />
            ) : null;
          })}
        </div>
        {found.length === 0 && tenants.length > 0 ? (
          <p className="px-2 py-1.5 text-second">
            No tenant matches{query === "" ? " these tags" : ` “${query}”`}.{" "}
            {query === "" || elsewhere !== null ? null : <button type="button" className="text-text underline underline-offset-2" onClick={() => setAdding(true)}>Add it</button>}
          </p>
        ) : null}
        {tenants.length === 0 && elsewhere !== null && tenantList?.status === "good" ? <p className="px-2 pb-1.5 text-second">It lists no tenants.</p> : null}
      </div>
    </section>
  );
}
