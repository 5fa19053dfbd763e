import { classes } from "@/components";
import { sentence } from "@/state/words";
import { useTitle } from "./DiagnosisCard";
import type { Stop, StopId, Verdict } from "./stops";

/** What each stop is, for who sees the line for the first time. */
const about: Record<StopId, string> = {
  host: "The host that the browser asked for: it names the tenant, the preview and the session.",
  preview: "The running copy of the app that the host names.",
  rule: "The rules of tripledash.json that match the path. They predict what the app does with it.",
  upstream: "The server that the request was passed on to, and its time to the first byte.",
  app: "What the app says that it did with the path, beside what the rules predict.",
  answer: "The status that went back to the browser.",
};

const said: Record<Verdict, string> = {
  passed: "passed", wrong: "went wrong", idle: "nothing to do", waiting: "waiting", unreached: "not reached",
};

/**
 * The stops of an exchange from left to right, in the tenant's colour. A wrong stop is hollow, in the warning colour; under
 * the line stands the reason of the stop looked at, else of the first wrong one.
 */
export function RouteLine({ stops, mark, lit, onLit, onPin }: {
  stops: readonly Stop[]; mark: string; lit: StopId | null; onLit: (stop: StopId | null) => void; onPin: (stop: StopId) => void;
}) {
  const told = stops.find(({ id }) => id === lit) ?? stops.find(({ verdict }) => verdict === "wrong") ?? stops.find(({ id }) => id === "app");
  return (
    <div className="flex flex-col gap-2">
      <ol data-testid="route-line" aria-label="Route" className="-mx-1 grid" style={{ gridTemplateColumns: `repeat(${stops.length}, minmax(0, 1fr))` }}>
        {stops.map((stop, at) => (
          <li key={stop.id} data-stop={stop.id} data-verdict={stop.verdict} className="relative min-w-0">
            {at > 0 ? <Track reached={stop.verdict !== "unreached" && stops[at - 1]?.verdict !== "unreached"} mark={mark} /> : null}
            <button
              type="button"
              aria-label={`${stop.title}: ${stop.value}, ${said[stop.verdict]}. ${stop.reason}`}
              title={`${about[stop.id]}\n\n${stop.reason}`}
              className={classes("relative flex w-full min-w-0 flex-col items-center rounded-control px-1 pt-1.5 pb-1", lit === stop.id && "bg-raised")}
              onPointerEnter={() => onLit(stop.id)}
              onPointerLeave={() => onLit(null)}
              onFocus={() => onLit(stop.id)}
              onBlur={() => onLit(null)}
              onClick={() => onPin(stop.id)}
            >
              <Mark verdict={stop.verdict} mark={mark} lit={lit === stop.id} />
              <span className={classes("mt-1.5 max-w-full truncate text-cap font-name", stop.verdict === "unreached" && "text-third")}>{stop.title}</span>
              <span className={classes("max-w-full truncate", stop.id === "rule" || stop.id === "app" ? "text-cap" : "wire !text-cap", stop.verdict === "wrong" ? "text-warn" : "text-third")}>{stop.value}</span>
            </button>
          </li>
        ))}
      </ol>
      {told ? (
        <p className="-mb-2 line-clamp-2 min-h-9 text-second" aria-live="polite" title={told.reason}>
          <span className={classes("font-name", told.verdict === "wrong" ? "text-warn" : "text-text")}>{told.title}: </span>
          {told.code === null ? sentence(told.reason) : <Finding code={told.code} />}
        </p>
      ) : null}
    </div>
  );
}

/** The finding by its name: the card under the line says the rest. */
const Finding = ({ code }: { code: string }) => <>{sentence(useTitle(code))}</>;

/** From the middle of the stop before to the middle of this one, short of both marks. */
const Track = ({ reached, mark }: { reached: boolean; mark: string }) => (
  <span
    aria-hidden
    className="pointer-events-none absolute top-[13px] z-[1] h-0.5 rounded-full"
    style={{ left: "calc(-50% + 10px)", width: "calc(100% - 20px)", background: reached ? mark : "var(--td-line)" }}
  />
);

function Mark({ verdict, mark, lit }: { verdict: Verdict; mark: string; lit: boolean }) {
  const wrong = verdict === "wrong";
  const reached = verdict !== "unreached";
  const color = wrong ? "var(--td-warn)" : reached ? mark : "var(--td-line-strong)";
  return (
    <span aria-hidden className="flex size-4 items-center justify-center">
      <span
        className={classes("block rounded-full transition-[scale] duration-100", verdict === "waiting" && "animate-pulse", lit && "scale-125")}
        style={
          verdict === "passed"
            ? { width: 11, height: 11, background: color }
            : { width: wrong ? 13 : 9, height: wrong ? 13 : 9, border: `2px solid ${color}`, background: "var(--td-panel)" }
        }
      />
    </span>
  );
}
