import { useEffect, useState } from "react";
import type { Diagnostic, DiagnosticCount } from "@/api/types";
import { Button } from "@/components";
import { chooseExchange, setFilter, useStore } from "@/state/store";
import { DiagnosisCard } from "../route/DiagnosisCard";
import { showTab } from "../trace/view";
import { count } from "../trace/format";
import { bySeverity } from "./order";

/** What is wrong in all that came through, once each, with the newest evidence. */
export function DiagnosticsPanel() {
  const diagnostics = useStore((state) => state.exchanges.diagnostics);
  if (diagnostics.length === 0) return <NothingWrong />;
  return (
    <div className="@container h-full overflow-y-auto">
      <ul aria-label="Diagnostics" className="grid grid-cols-1 items-start gap-2 p-3 @min-[900px]:grid-cols-2">
        {bySeverity(diagnostics).map((one) => <li key={one.code}><Group group={one} /></li>)}
      </ul>
    </div>
  );
}

function Group({ group }: { group: DiagnosticCount }) {
  const found = useNewest(group);
  const show = () => {
    setFilter(`code:${group.code}`);
    chooseExchange(group.lastExchange);
    showTab("trace");
  };
  return (
    <DiagnosisCard
      found={found ?? { code: group.code, severity: group.severity as Diagnostic["severity"], message: "", evidence: [], fix: null }}
      aside={
        <>
          <span className="wire text-second" title={`Seen ${count(group.count, "time")}`}>{group.count.toLocaleString("en")}×</span>
          <Button look="quiet" className="h-6 px-2 text-cap" onClick={show}>Show in the trace</Button>
        </>
      }
    />
  );
}

/** The newest finding of its kind, as its exchange tells it. What was found before stays until the next is there. */
function useNewest({ code, lastExchange }: DiagnosticCount): Diagnostic | null {
  const api = useStore((state) => state.api);
  const [found, setFound] = useState<Diagnostic | null>(null);
  useEffect(() => {
    if (!api) return;
    let over = false;
    api.exchange(lastExchange).then(
      ({ diagnosis }) => {
        const newest = diagnosis.find((one) => one.code === code);
        if (!over && newest) setFound(newest);
      },
      () => undefined, // let go by the engine meanwhile: the count stands without evidence
    );
    return () => {
      over = true;
    };
  }, [api, code, lastExchange]);
  return found;
}

function NothingWrong() {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1 p-4 text-center">
      <p>Nothing is wrong in what came through so far.</p>
      <p className="max-w-[420px] text-second">
        Every exchange is looked at: labels over 63 octets, tenants that the app ignores, redirects that leave the tenant, assets caught by the rewrite, blocked hot reloading, and more.
      </p>
    </div>
  );
}
