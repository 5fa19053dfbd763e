import { Dot } from "@/components";
import { chooseExchange, setFilter, useStore } from "@/state/store";

const colors: Record<string, string> = { error: "var(--td-bad)", warning: "var(--td-warn)", info: "var(--td-third)" };
const SHOWN = 5;

/** What was found wrong so far, worst and most frequent first. Pressing one shows its exchanges. */
export function DiagnosticsSummary() {
  const diagnostics = useStore((state) => state.exchanges.diagnostics);
  const filter = useStore((state) => state.filter);
  const rank = (severity: string) => ["error", "warning", "info"].indexOf(severity);
  const sorted = [...diagnostics].sort((a, b) => rank(a.severity) - rank(b.severity) || b.count - a.count);
  return (
    <section aria-label="Diagnostics" className="flex shrink-0 flex-col border-t border-line pb-2">
      <div className="flex h-9 items-center pr-4 pl-4">
        <h2 className="flex-1 text-cap font-name text-second">Diagnostics</h2>
        {sorted.length > 0 ? <span className="text-cap font-name" style={{ color: colors[sorted[0]?.severity ?? "info"] }}>{sorted.length}</span> : null}
      </div>
      {sorted.length === 0 ? <p className="px-4 pb-1 text-cap text-third">Nothing found so far.</p> : null}
      <ul className="px-2">
        {sorted.slice(0, SHOWN).map(({ code, title, severity, count, lastExchange }) => {
          const on = filter === `code:${code}`;
          return (
            <li key={code}>
              <button
                type="button" aria-pressed={on} title={`${title}: show the exchanges`}
                className={`flex h-[27px] w-full items-center gap-2.5 rounded-control px-2.5 text-left ${on ? "bg-raised" : "hover:bg-hover"}`}
                onClick={() => {
                  setFilter(on ? "" : `code:${code}`);
                  if (!on) chooseExchange(lastExchange);
                }}
              >
                <Dot color={colors[severity] ?? "var(--td-warn)"} label={severity} size={8} />
                <span className="min-w-0 flex-1 truncate">{title}</span>
                <span className="wire text-cap text-third">{count}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {sorted.length > SHOWN ? (
        <button type="button" className="mx-2 rounded-control px-2.5 py-1 text-left text-cap text-third hover:text-text" onClick={() => setFilter("is:diagnosed")}>
          {sorted.length - SHOWN} more
        </button>
      ) : null}
    </section>
  );
}
