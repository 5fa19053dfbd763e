import type { Exchange } from "@/api/types";
import { Badge, IconButton, Menu, MenuItem, MiddleEllipsis } from "@/components";
import { CloseIcon, CopyIcon } from "@/components/icons";
import { showError, copyText } from "@/state/operations";
import { showToast, useStore } from "@/state/store";
import { byId } from "@/state/tenants";
import { usePreview } from "../panes/usePreview";
import { Unverified } from "../side/Unverified";
import { methodOf } from "../trace/columns";
import { count, duration, size, text } from "../trace/format";

/** What was asked, in short, and what can be done with it again. */
export function RouteHead({ exchange, note, onClose }: { exchange: Exchange; note: string | null; onClose: (() => void) | null }) {
  const { kind, cache, session, path, url, responseBytes, durationUs, state } = exchange;
  const preview = usePreview(exchange.preview ?? "");
  return (
    <div className="flex min-h-7 items-center gap-2">
      <h2 className="wire flex shrink items-baseline gap-1.5 font-name" style={{ minWidth: `${Math.min(14, path.length + 5)}ch` }} title={url}>
        <span className="text-second">{methodOf(exchange)}</span>
        <MiddleEllipsis text={path} tail={16} />
      </h2>
      <Badge>{kind}</Badge>
      {preview?.insecure ? <Unverified /> : null}
      {cache ? <Badge className="@max-[460px]:hidden" title="What the app's cache said">cache: {cache.toLowerCase()}</Badge> : null}
      {session ? <Badge className="@max-[520px]:hidden">session: {session}</Badge> : null}
      {note ? <span className="shrink-0 text-cap text-third @max-[520px]:hidden">{note}</span> : null}
      <span className="flex-1" />
      <span className="wire shrink-0 text-second @max-[440px]:hidden">
        {state === "open" ? "open" : text(duration(durationUs))}
        <span className="text-third"> · {text(size(responseBytes))}</span>
      </span>
      <span className="-mr-1.5 flex shrink-0 items-center">
        <IconButton label="Copy as curl" onClick={() => void copyCurl(exchange.id)}><CopyIcon /></IconButton>
        <Replay exchange={exchange} />
        {onClose ? <IconButton label="Close" onClick={onClose}><CloseIcon /></IconButton> : null}
      </span>
    </div>
  );
}

function Replay({ exchange: { id, tenant, method, kind } }: { exchange: Exchange }) {
  const selected = useStore((state) => state.selection.tenants);
  const tenants = useStore((state) => state.workspace?.tenants);
  const nameOf = (one: string) => (tenants ? byId(tenants).get(one)?.name : undefined) ?? one;
  const noReplay =
    kind === "websocket" ? "An upgrade cannot be sent again" : method === "GET" || method === "HEAD" ? null : `The body of a ${method} is not kept`;
  return (
    <Menu
      label="Replay"
      width={230}
      align="end"
      trigger={<IconButton label="Replay"><ReplayIcon /></IconButton>}
    >
      <MenuItem disabledReason={noReplay ?? (tenant === null ? "It named no tenant" : null)} onSelect={() => void replay(id, tenant === null ? [] : [tenant])}>
        {method} again{tenant === null ? "" : ` for ${nameOf(tenant)}`}
      </MenuItem>
      <MenuItem disabledReason={noReplay ?? (selected.length === 0 ? "No tenants are chosen" : null)} onSelect={() => void replay(id, [...selected])}>
        {method} for {selected.length === 1 ? nameOf(selected[0] ?? "") : `all ${count(selected.length, "chosen tenant")}`}
      </MenuItem>
    </Menu>
  );
}

async function replay(id: string, tenants: string[]): Promise<void> {
  try {
    const ids = (await useStore.getState().api?.replay(id, tenants)) ?? [];
    showToast({ message: `Sent ${count(ids.length, "request")} again` });
  } catch (error) {
    showError(error);
  }
}

async function copyCurl(id: string): Promise<void> {
  try {
    const command = await useStore.getState().api?.curl(id);
    if (command !== undefined) await copyText(command, "the curl command");
  } catch (error) {
    showError(error);
  }
}

const ReplayIcon = () => (
  <svg width={14} height={14} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={1.4} strokeLinecap="round" strokeLinejoin="round" aria-hidden>
    <path d="M3 8a5 5 0 1 1 1.6 3.7" />
    <path d="M3 12.4V9.2h3.1" />
    <path d="m7 6.2 2.8 1.8L7 9.8Z" fill="currentColor" />
  </svg>
);
