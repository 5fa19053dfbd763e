import { Dot } from "@/components";
import { ChevronIcon } from "@/components/icons";
import { showTab } from "@/features/trace/view";
import { useUnread } from "@/state/unread";
import { chooseExchange, setFilter, useStore } from "@/state/store";

const colors: Record<string, string> = { error: "var(--td-bad)", warning: "var(--td-warn)", info: "var(--td-third)" };
const SHOWN = 5;

/** What was found wrong so far, worst and most frequent first. Pressing one shows its exchanges; where it is low, only their number stands here. */
export function DiagnosticsSummary() {
  const diagnostics = useStore((state) => state.exchanges.diagnostics);
  const filter = useStore((state) => state.filter);
  const unread = useUnread();
  const rank = (severity: string) => ["error", "warning", "info"].indexOf(severity);
  const sorted = [...diagnostics].sort((a, b) => rank(a.severity) - rank(b.severity) || b.count - a.count);
  return (
    <section aria-label="Diagnostics" className="flex max-h-[40%] shrink-0 flex-col border-t border-line pb-2 [@container_side_(height<580px)]:pb-0">
      <h2 className="shrink-0">
        <button type="button" aria-label="Show all diagnostics" title="Show all, with their evidence" className="group/all flex h-9 w-full items-center gap-1.5 pr-4 pl-4 text-cap font-name text-second hover:text-text" onClick={() => showTab("diagnostics")}>
          Diagnostics
          <span className="-rotate-90 text-third opacity-0 group-hover/all:opacity-100 group-focus-visible/all:opacity-100"><ChevronIcon size={12} /></span>
          <span className="flex-1" />
          {sorted.length > 0 ? <span style={{ color: colors[sorted[0]?.severity ?? "info"] }}>{sorted.length}</span> : <span className="hidden font-normal text-third [@container_side_(height<580px)]:inline">none so far</span>}
        </button>
      </h2>
      {sorted.length === 0 && !unread ? <p className="px-4 pb-1 text-cap text-third [@container_side_(height<580px)]:hidden">Nothing found so far.</p> : null}
      <ul className="min-h-0 overflow-y-auto px-2 [@container_side_(height<580px)]:hidden">
        {sorted.slice(0, SHOWN).map(({ code, title, severity, count, lastExchange }) => {
          const on = filter === `code:${code}`;
          return (
            <li key={code}>
              <button
                type="button" aria-pressed={on} title={`${title}: show the exchanges`}
                className={`flex min-h-[27px] w-full items-start gap-2.5 rounded-control px-2.5 py-[5px] text-left leading-[17px] ${on ? "bg-raised" : "hover:bg-hover"}`}
                onClick={() => {
                  setFilter(on ? "" : `code:${code}`);
                  if (!on) chooseExchange(lastExchange);
                }}
              >
                <span className="flex h-[17px] items-center"><Dot color={colors[severity] ?? "var(--td-warn)"} label={severity} size={8} /></span>
                <span className="line-clamp-2 min-w-0 flex-1">{title}</span>
                <span className="wire !text-cap !leading-[17px] text-third">{count}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {sorted.length > SHOWN ? (
        <button type="button" className="mx-2 shrink-0 rounded-control px-2.5 py-1 text-left text-cap text-third hover:text-text [@container_side_(height<580px)]:hidden" onClick={() => setFilter("is:diagnosed")}>
          {sorted.length - SHOWN} more
        </button>
      ) : null}
    </section>
  );
}
