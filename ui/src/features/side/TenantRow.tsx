import { useRef, useState, type MouseEvent } from "react";
import { classes, Dot, IconButton, Menu, MenuItem, MenuLabel, MenuLine, MiddleEllipsis } from "@/components";
import { MoreIcon } from "@/components/icons";
import type { Tenant } from "@/api/types";
import { editTenant, removeTenant, showError } from "@/state/operations";
import { openDialog, select, setFilter, useStore } from "@/state/store";
import { useTenantColors } from "@/state/tenants";
import { useWhyNotHere } from "./tenantSource";

type Props = {
  id: string; tenant: Tenant; top: number; height: number; at: number; count: number;
  chosen: boolean; active: boolean; renaming: boolean; menuOpen: boolean;
  onClick: (event: MouseEvent) => void; onToggle: () => void; onRename: (start: boolean) => void; onMenu: (open: boolean) => void;
};

/** One tenant: its dot adds or drops it, its name takes it alone, a double click renames it. */
export function TenantRow({ id, tenant, top, height, at, count, chosen, active, renaming, menuOpen, onClick, onToggle, onRename, onMenu }: Props) {
  const { mark } = useTenantColors(tenant.id);
  const sessions = useStore((state) => state.selection.sessions[tenant.id]);
  const elsewhere = useWhyNotHere();
  return (
    <div
      role="presentation"
      className={classes(
        "group/row absolute inset-x-0 flex items-center rounded-control pr-1",
        chosen ? "bg-raised" : "hover:bg-hover",
        active && "group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-(--td-focus)",
      )}
      style={{ top, height: height - 1 }}
    >
      <div
        id={id} role="option" aria-selected={chosen} aria-posinset={at + 1} aria-setsize={count} aria-label={`${tenant.name} (${tenant.id})`}
        className="flex h-full min-w-0 flex-1 items-center gap-2.5 pr-1.5 pl-2.5"
        onClick={renaming ? undefined : onClick} onDoubleClick={() => (elsewhere === null ? onRename(true) : undefined)}
        onContextMenu={(event) => {
          event.preventDefault();
          onMenu(true);
        }}
      >
        <span
          className="-m-1.5 flex p-1.5" aria-hidden title={chosen ? "Take it out of the panes" : "Add it to the panes"}
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <span className="relative flex">
            <Dot color={mark} className="group-hover/row:invisible" />
            <span
              className="invisible absolute -inset-[2px] flex items-center justify-center rounded-[4px] border text-[9px] leading-none font-bold group-hover/row:visible"
              style={{ borderColor: mark, background: chosen ? mark : "transparent", color: "var(--td-panel)" }}
            >
              {chosen ? "✓" : ""}
            </span>
          </span>
        </span>
        {renaming ? <Rename tenant={tenant} onDone={() => onRename(false)} /> : (
          <>
            {/* An id that does not fit beside the name wraps out of sight: half of each would say less than the whole name. */}
            <span className="flex h-[18px] min-w-0 flex-1 flex-wrap gap-x-2 overflow-hidden" title={tenant.name === tenant.id ? tenant.id : `${tenant.name}, ${tenant.id}`}>
              <span className="flex max-w-full min-w-0 items-baseline gap-1.5">
                <MiddleEllipsis text={tenant.name} tail={7} wire={false} className="font-name" />
                {sessions && sessions.length > 0 ? <span className="shrink-0 text-cap text-third" title={`${sessions.length} more open: ${sessions.join(", ")}`}>+{sessions.length}</span> : null}
              </span>
              {tenant.name === tenant.id ? null : <span className={classes("wire ml-auto !text-cap !leading-[18px] text-third group-hover/row:hidden", menuOpen && "hidden")}>{tenant.id}</span>}
            </span>
          </>
        )}
      </div>
      {renaming ? null : (
        <Menu
          label={`Actions for ${tenant.name}`} open={menuOpen} onOpenChange={onMenu} align="end"
          trigger={
            <IconButton
              label={`Actions for ${tenant.name}`} tabIndex={-1}
              className={classes("ml-auto", !menuOpen && "hidden! group-hover/row:inline-flex!")}
            >
              <MoreIcon />
            </IconButton>
          }
        >
          <MenuItem onSelect={() => select({ tenants: [tenant.id] })}>Show alone</MenuItem>
          <MenuItem onSelect={onToggle}>{chosen ? "Take out of the panes" : "Add to the panes"}</MenuItem>
          <MenuItem onSelect={() => openDialog({ kind: "session", tenant: tenant.id })}>Open a second session…</MenuItem>
          {sessions?.map((session) => <CloseSession key={session} tenant={tenant.id} session={session} />)}
          <MenuItem onSelect={() => setFilter(`tenant:${tenant.id}`)}>Show its trace</MenuItem>
          <MenuLine />
          {elsewhere === null ? (
            <>
              <MenuItem keys={["F2"]} onSelect={() => onRename(true)}>Rename</MenuItem>
              <MenuItem onSelect={() => openDialog({ kind: "tenant", id: tenant.id })}>Edit…</MenuItem>
              <MenuItem danger onSelect={() => void removeTenant(tenant).catch(showError)}>Remove</MenuItem>
            </>
          ) : <MenuLabel>{elsewhere}</MenuLabel>}
        </Menu>
      )}
    </div>
  );
}

function CloseSession({ tenant, session }: { tenant: string; session: string }) {
  const close = () => {
    const { sessions } = useStore.getState().selection;
    select({ sessions: { ...sessions, [tenant]: (sessions[tenant] ?? []).filter((one) => one !== session) } });
  };
  return <MenuItem onSelect={close}>Close the session “{session}”</MenuItem>;
}

function Rename({ tenant, onDone }: { tenant: Tenant; onDone: () => void }) {
  const [name, setName] = useState(tenant.name);
  const finished = useRef(false);
  const finish = (keep: boolean) => {
    if (finished.current) return;
    finished.current = true;
    const trimmed = name.trim();
    if (keep && trimmed !== "" && trimmed !== tenant.name) void editTenant(tenant.id, { name: trimmed }).catch(showError);
    onDone();
  };
  return (
    <input
      autoFocus aria-label={`New name of ${tenant.name}`} value={name} spellCheck={false}
      className="h-6 min-w-0 flex-1 rounded-[5px] border border-line-strong bg-bg px-1.5"
      onFocus={(event) => event.target.select()} onChange={(event) => setName(event.target.value)} onBlur={() => finish(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") finish(true);
        if (event.key === "Escape") finish(false);
      }}
    />
  );
}
