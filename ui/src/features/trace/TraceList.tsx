import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Tenant } from "@/api/types";
import type { Exchanges } from "@/state/exchanges";
import { chooseExchange, useStore } from "@/state/store";
import { byId as byTenantId, colorsOf } from "@/state/tenants";
import { columns, ROW_HEIGHT } from "./columns";
import { newerThan, shiftOf, stepFrom } from "./follow";
import { useOrigin } from "./origin";
import { remarkCodes } from "./remarks";
import { TraceEmpty } from "./TraceEmpty";
import { TraceFoot } from "./TraceFoot";
import { TraceHead } from "./TraceHead";
import { TraceRow } from "./TraceRow";

/** Nearer to the end than this, the list follows the newest row. */
const END = ROW_HEIGHT;
const OVERSCAN = 10;
const noTenants: readonly Tenant[] = [];
const rowId = (id: string) => `exchange-${id}`;

/** The exchanges that the filter lets through, oldest first. */
export function TraceList({ exchanges, shown, onEnter }: { exchanges: Exchanges; shown: string | null; onEnter: () => void }) {
  const { visible, byId } = exchanges;
  const remarks = useSteady(remarkCodes(exchanges.diagnostics));
  const chosen = useStore((state) => state.chosenExchange);
  const room = useStore((state) => (state.selection.previews.length > 1 ? columns.several : columns.one));
  const origin = useOrigin();
  const theme = useStore((state) => state.theme);
  const tenants = byTenantId(useStore((state) => state.workspace?.tenants ?? noTenants));
  const scroller = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  /** The newest row when the list stopped following. */
  const [left, setLeft] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);

  const virtual = useVirtualizer({
    count: visible.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    useFlushSync: false, // it may be told from an effect, where flushing is not allowed
  });

  // The newest row stays in view; where the person looks elsewhere, what they look at stays where it is.
  const before = useRef(visible);
  const pinned = useRef(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || before.current === visible) return;
    const shift = following ? 0 : shiftOf(before.current, visible, anchor.current);
    before.current = visible;
    // A scroll whose event has not come yet counts already: rows must not pull the person back to the end.
    if (following && element.scrollTop >= pinned.current - END) {
      element.scrollTop = element.scrollHeight;
      pinned.current = element.scrollTop;
    } else if (shift !== 0) element.scrollTop += shift * ROW_HEIGHT;
    else return;
    // Told at once, not with the next frame: else that frame would show the place with no rows in it.
    element.dispatchEvent(new Event("scroll"));
  }, [visible, following]);

  // It stays in view also where the list gets lower, as by a banner that comes over the window.
  const height = virtual.scrollRect?.height;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !following || element.scrollTop < pinned.current - END) return;
    element.scrollTop = element.scrollHeight;
    pinned.current = element.scrollTop;
  }, [height, following]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.clientHeight - element.scrollTop <= END;
    anchor.current = visible[Math.floor(element.scrollTop / ROW_HEIGHT)] ?? null;
    if (atEnd) pinned.current = element.scrollTop;
    if (atEnd === following) return;
    setFollowing(atEnd);
    setLeft(atEnd ? null : (visible[visible.length - 1] ?? null));
  };

  const toEnd = () => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  };

  const reveal = useCallback((id: string) => {
    const index = visible.indexOf(id);
    if (index >= 0) virtual.scrollToIndex(index, { align: "auto" });
  }, [visible, virtual]);

  // Chosen elsewhere (a diagnostic's evidence): bring it into view once.
  const revealed = useRef<string | null>(null);
  useEffect(() => {
    if (chosen === revealed.current) return;
    revealed.current = chosen;
    if (chosen !== null) reveal(chosen);
  }, [chosen, reveal]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && shown !== null) {
      event.preventDefault();
      if (chosen === null) chooseExchange(shown);
      onEnter();
      return;
    }
    if (event.key === "Escape" && chosen !== null) {
      event.stopPropagation();
      chooseExchange(null);
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1);
    const next = stepFrom(visible, chosen ?? shown, event.key, page);
    if (next === null) return;
    event.preventDefault();
    chooseExchange(next);
  };

  const items = virtual.getVirtualItems();
  const slots = Math.ceil((virtual.scrollRect?.height ?? 0) / ROW_HEIGHT) + 2 * OVERSCAN + 2;
  const fresh = following ? 0 : newerThan(visible, left);
  return (
    <div className="@container relative flex h-full min-h-0 flex-col">
      <div
        role="grid"
        aria-label="Exchanges"
        aria-rowcount={visible.length + 1}
        aria-activedescendant={chosen === null ? undefined : rowId(chosen)}
        tabIndex={0}
        className="flex min-h-0 flex-1 flex-col outline-offset-[-2px]"
        onKeyDown={onKeyDown}
      >
        <TraceHead columns={room} />
        <div ref={scroller} role="rowgroup" className="min-h-0 flex-1 overflow-y-auto overscroll-contain [overflow-anchor:none]" tabIndex={-1} onScroll={onScroll}>
          {visible.length === 0 ? (
            <TraceEmpty />
          ) : (
            <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
              {items.map(({ index, start }) => {
                const id = visible[index];
                const row = id === undefined ? undefined : byId.get(id)?.row;
                if (!row) return null;
                const tenant = row.tenant === null ? undefined : tenants.get(row.tenant);
                // Keyed by slot, not by exchange: at a thousand rows a second, rows are filled anew instead of made anew.
                return (
                  <TraceRow
                    key={index % Math.max(slots, items.length)} id={rowId(row.id)} row={row} name={tenant?.name} mark={colorsOf(tenant?.color, theme).mark}
                    index={index} top={start} origin={origin} chosen={row.id === chosen} shown={row.id === shown} remarks={remarks} columns={room} onChoose={chooseExchange}
                  />
                );
              })}
            </div>
          )}
        </div>
      </div>
      {fresh > 0 ? (
        <button
          type="button"
          className="rise absolute bottom-9 left-1/2 h-6 -translate-x-1/2 rounded-full border border-line-strong bg-raised px-3 text-cap shadow-float hover:border-third"
          onClick={toEnd}
        >
          {fresh.toLocaleString("en")} new ↓
        </button>
      ) : null}
      <TraceFoot exchanges={exchanges} />
    </div>
  );
}

/** The same set for as long as it holds the same codes: rows compare what they are given. */
function useSteady(codes: ReadonlySet<string>): ReadonlySet<string> {
  const [steady, setSteady] = useState(codes);
  if (steady === codes || (steady.size === codes.size && [...codes].every((code) => steady.has(code)))) return steady;
  setSteady(codes);
  return codes;
}
