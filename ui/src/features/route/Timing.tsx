import type { Exchange } from "@/api/types";
import { duration, text } from "../trace/format";
import { legs } from "./legs";

/** Where the time went. Only the app's own share is in the tenant's colour. */
export function Timing({ exchange, mark }: { exchange: Exchange; mark: string }) {
  const parts = legs(exchange);
  const total = parts.at(-1)?.to ?? 0;
  if (exchange.upstream === null) return <p className="text-third">Tripledash answered by itself: nothing was sent, so nothing was timed.</p>;
  if (parts.length === 0) return <p className="text-third">{exchange.state === "open" ? "Still under way." : "Nothing was sent, so nothing was timed."}</p>;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex h-1.5 gap-px overflow-hidden rounded-full bg-raised" aria-hidden>
        {parts.map(({ name, from, to }) => (
          <span key={name} className="min-w-0.5" style={{ flexGrow: Math.max(0.002, (to - from) / Math.max(1, total)), background: name === "app" ? mark : name === "body" ? "var(--td-third)" : "var(--td-line-strong)" }} />
        ))}
      </div>
      <ul className="wire flex flex-wrap gap-x-4 !text-cap text-third">
        {parts.map(({ name, from, to }) => <li key={name}>{name} <span className="text-second">{text(duration(to - from))}</span></li>)}
        <li>in all <span className="text-text">{text(duration(total))}</span></li>
        {exchange.timings.protocol ? <li>over <span className="text-second">{exchange.timings.protocol}</span></li> : null}
        {exchange.timings.reused ? <li>on a connection kept from before</li> : null}
        {exchange.upstream?.address ? <li>from <span className="text-second">{exchange.upstream.address}</span></li> : null}
      </ul>
    </div>
  );
}
