import type { Exchanges } from "@/state/exchanges";
import { useStore } from "@/state/store";
import { count } from "./format";
import { useView } from "./view";

/** How much of what happened the list shows, and what is missing from it. */
export function TraceFoot({ exchanges }: { exchanges: Exchanges }) {
  const paused = useView((view) => view.paused !== null);
  const filtered = useStore((state) => state.filter !== "");
  const seen = useStore((state) => state.exchanges.stats.seen);
  const { stats, visible, order } = exchanges;
  const gone = stats.seen - stats.kept - stats.dropped;
  return (
    <div className="flex h-6 shrink-0 items-center gap-3 overflow-hidden border-t border-line px-3 text-cap whitespace-nowrap text-third">
      <span>{filtered ? `${visible.length.toLocaleString("en")} of ${count(order.length, "exchange")}` : count(visible.length, "exchange")}</span>
      {gone > 0 ? <span title="The engine keeps the newest only">{gone.toLocaleString("en")} older let go</span> : null}
      {stats.dropped > 0 ? <span className="text-warn" title="The proxy never waits for the trace: these were not recorded">{stats.dropped.toLocaleString("en")} not recorded</span> : null}
      {paused ? <span className="text-warn">{`Paused${seen > stats.seen ? `, ${count(seen - stats.seen, "exchange")} since` : ""}`}</span> : null}
    </div>
  );
}
