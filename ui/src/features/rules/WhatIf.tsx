import { useEffect, useState, type ReactNode } from "react";
import { Button, classes, Dot, TextField } from "@/components";
import type { Explanation, Resolution } from "@/api/types";
import { useTenantColors } from "@/state/tenants";
import { sentence } from "@/state/words";
import type { WhatIf as Told } from "./useWhatIf";

/** An outcome is told aloud once it has stood for so long: not with each letter that is typed. */
const TELL_AFTER_MS = 1000;

/** A URL, and what would become of it: nothing is sent. `typed` differs from the address bar's. */
export function WhatIf({ url, typed, onUrl, told: { explanation, problem } }: {
  url: string; typed: boolean; onUrl: (url: string | null) => void; told: Told;
}) {
  return (
    <section aria-label="What would happen" className="flex flex-col gap-2 rounded-control border border-line bg-bg p-3">
      <div className="flex items-end gap-2">
        <TextField wire className="flex-1" label="What would happen with" placeholder="http://acme---main.tripledash.localhost/" value={url} problem={problem} onChange={(event) => onUrl(event.target.value)} />
        {typed ? <Button look="quiet" className={classes("h-8 px-2 text-cap", problem !== null && "mb-5")} onClick={() => onUrl(null)}>As in the address bar</Button> : null}
      </div>
      <p role="status" aria-label="What would happen with it, in short" className="sr-only">{useSettled(explanation === null ? "" : inShort(explanation))}</p>
      <div role="group" aria-label="What would happen with it" className="min-h-[58px]">{explanation !== null ? <Outcome explanation={explanation} /> : url === "" ? <p className="text-third">The address bar has no address now. Type one, to see what it would come to.</p> : null}</div>
    </section>
  );
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TELL_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function inShort({ resolution, upstream, predicted }: Explanation): string {
  if (resolution.kind === "unknown") return sentence(resolution.reason);
  if (upstream === null) return "";
  return `${upstream.path} is sent to ${upstream.origin}, and the app serves ${predicted ?? "it as it comes"}.`;
}

function Outcome({ explanation: { resolution, upstream, predicted, rules, diagnostics } }: { explanation: Explanation }) {
  const rewritten = rules.find(({ by, matched }) => by === "proxy" && matched);
  const foretold = rules.find(({ by, matched }) => by === "app" && matched);
  return (
    <>
      <dl className="grid grid-cols-[72px_minmax(0,1fr)] gap-x-3 gap-y-0.5">
        <Line name="Read as"><ReadAs resolution={resolution} /></Line>
        {upstream === null ? null : (
          <Line name="Sent">
            <span className="wire break-all">{upstream.path}</span> <span className="text-third">to</span> <span className="wire break-all">{upstream.origin}</span> <span className="text-third">as Host</span> <span className="wire break-all">{upstream.host}</span>
            {rewritten ? <span className="text-third">, by rules[{rewritten.index}]</span> : null}
          </Line>
        )}
        {upstream === null ? null : (
          <Line name="The app">
            {predicted === null ? <span className="text-third">{foretold ? `serves it as it comes, says rules[${foretold.index}]` : "serves it as it comes: no rule says otherwise"}</span> : <>serves <span className="wire break-all">{predicted}</span>{foretold ? <span className="text-third">, says rules[{foretold.index}]</span> : null}</>}
          </Line>
        )}
      </dl>
      {diagnostics.map(({ code, severity, message }) => <p key={code + message} className={classes("mt-1 text-cap", severity === "error" ? "text-bad" : severity === "warning" ? "text-warn" : "text-third")}>{sentence(message)}</p>)}
    </>
  );
}

const Line = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-third">{name}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
);

function ReadAs({ resolution }: { resolution: Resolution }) {
  switch (resolution.kind) {
    case "workbench":
      return "the workbench itself";
    case "unknown":
      return <span className="text-warn">{sentence(resolution.reason)}{resolution.near.length === 0 ? null : <> Near is <span className="wire">{resolution.near.join(", ")}</span>.</>}</span>;
    case "preview":
      return <Parts {...resolution} />;
  }
}

function Parts({ tenant, preview, session, parts }: Extract<Resolution, { kind: "preview" }>) {
  const { mark } = useTenantColors(tenant);
  const others = Object.entries(parts).filter(([name]) => name !== "tenant");
  return (
    <>
      {tenant === null ? <span className="text-second">no tenant</span> : <><Dot color={mark} size={8} className="mr-1.5" /><span className="wire">{tenant}</span></>}
      {others.map(([name, value]) => <span key={name}>, <span className="text-third">{name}</span> <span className="wire">{value}</span></span>)}
      {" "}<span className="text-third">on</span> <span className="wire">{preview}</span>
      {session === null ? null : <> <span className="text-third">in session</span> <span className="wire">{session}</span></>}
    </>
  );
}
