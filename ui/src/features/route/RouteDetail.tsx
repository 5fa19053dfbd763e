import { useState, type Ref } from "react";
import type { Exchange, ExchangeRow } from "@/api/types";
import { Button } from "@/components";
import { openDialog } from "@/state/store";
import { useTenantColors } from "@/state/tenants";
import { Comparison } from "./Comparison";
import { DiagnosisCard } from "./DiagnosisCard";
import { Edits } from "./Edits";
import { Headers } from "./Headers";
import { RouteHead } from "./RouteHead";
import { RouteLine } from "./RouteLine";
import { Rules } from "./Rules";
import { Section } from "./Section";
import { isFromApp, stops, type StopId } from "./stops";
import { Timing } from "./Timing";
import { useExchange } from "./useExchange";

/** Where one exchange went, stop by stop, and why. */
export function RouteDetail({ ref, id, row, note, onClose }: {
  ref: Ref<HTMLDivElement>; id: string; row: ExchangeRow | null; note: string | null; onClose: (() => void) | null;
}) {
  const loaded = useExchange(id, row);
  const exchange = loaded.kind === "loaded" ? loaded.exchange : loaded.kind === "loading" ? loaded.before : null;
  return (
    <div
      ref={ref}
      tabIndex={-1}
      role="region"
      aria-label="Route"
      aria-busy={loaded.kind === "loading"}
      className="@container h-full overflow-x-hidden overflow-y-auto outline-none"
      onKeyDown={(event) => {
        if (event.key === "Escape" && onClose) {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      {exchange ? <Route exchange={exchange} note={note} onClose={onClose} /> : <p className="p-4 text-third">{waitText(loaded)}</p>}
    </div>
  );
}

function waitText(loaded: ReturnType<typeof useExchange>): string {
  switch (loaded.kind) {
    case "gone":
      return "This exchange is no longer kept: the engine keeps the newest only.";
    case "failed":
      return loaded.message;
    case "loading":
    case "loaded":
      return "";
  }
}

function Route({ exchange, note, onClose }: { exchange: Exchange; note: string | null; onClose: (() => void) | null }) {
  const { mark } = useTenantColors(exchange.tenant);
  const [lit, setLit] = useState<StopId | null>(null);
  const [pinned, setPinned] = useState<StopId | null>(null);
  const line = stops(exchange);
  const shown = lit ?? pinned;
  return (
    <div className="flex flex-col gap-4 px-4 pt-2.5 pb-5">
      <RouteHead exchange={exchange} note={note} onClose={onClose} />
      <RouteLine stops={line} mark={mark} lit={shown} onLit={setLit} onPin={(stop) => setPinned((before) => (before === stop ? null : stop))} />
      {exchange.diagnosis.length > 0 ? (
        <div className="flex flex-col gap-2">
          {exchange.diagnosis.map((found, at) => <DiagnosisCard key={`${found.code}-${at}`} found={found} />)}
        </div>
      ) : null}
      {exchange.edits.length > 0 ? (
        <Section title="Edits" detail={`${exchange.edits.length} made on the way`}>
          <Edits edits={exchange.edits} lit={line.find(({ id }) => id === shown)?.edits ?? []} mark={mark} />
        </Section>
      ) : null}
      <Section title="Why this route">
        <Comparison exchange={exchange} />
        <Rules rules={exchange.rules} mark={mark} reached={exchange.upstream !== null} />
        <Button look="quiet" className="mt-1 -ml-2 h-6 px-2 text-cap" onClick={() => openDialog({ kind: "rules", url: exchange.url })}>Edit the rules…</Button>
      </Section>
      <Section title="Time">
        <Timing exchange={exchange} mark={mark} />
      </Section>
      <Headers title={`Request headers, as ${exchange.upstream ? "sent to the app" : "the browser sent them"}`} lines={exchange.requestHeaders} />
      <Headers title={`Response headers, as ${isFromApp(exchange) ? "the app" : "Tripledash"} sent them`} lines={exchange.responseHeaders} />
    </div>
  );
}
