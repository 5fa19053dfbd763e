import { useEffect, useState, type ReactNode } from "react";
import { Button, Dialog, TextField } from "@/components";
import type { ProbeReport } from "@/api/types";
import { copyText, messageOf, setHost } from "@/state/operations";
import { panesOf, pathFor } from "@/state/selection";
import { closeDialog, useStore } from "@/state/store";
import * as hub from "@/features/panes/hub";
import { ProbeTable } from "./ProbeTable";
import { ask, dismissOffer, forget, useProbe, type Probe } from "./probes";
import { hostLine, toWrite } from "./report";
import { Verdict } from "./Verdict";

const WIDTH = 760;
const title = "Which host does the app understand?";

/** Asks a preview's app with each form of `Host`, and shows what it made of them. */
export function ProbeDialog({ preview }: { preview: string }) {
  const probe = useProbe(preview);
  const upstream = useStore((state) => state.workspace?.previews.find(({ name }) => name === preview)?.upstream ?? null);
  useEffect(() => {
    dismissOffer(preview);
    // A second mount finds the first one's question under way.
    if (upstream !== null && probe === null) void ask(preview);
  // Only as it opens: an answer that is forgotten is not asked for again.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const close = () => {
    forget(preview); // the app may be another one by the next time
    closeDialog();
  };
  const description = <>Asks <span className="wire">{preview}</span>{upstream === null ? null : <> at <span className="wire break-all">{upstream}</span></>} for one page with each form of the Host header.</>;
  if (upstream === null) return <Dialog title={title} description={`${preview} leads nowhere now. Start it first.`} onClose={close} footer={<Button onClick={close}>Close</Button>} />;
  if (probe?.stage === "answered") return <Answered key={JSON.stringify(probe.report.verdict)} preview={preview} report={probe.report} description={description} onClose={close} />;
  return (
    <Dialog
      title={title} description={description} width={WIDTH} onClose={close}
      footer={
        probe?.stage === "failed" ? (
          <>
            <Button look="quiet" onClick={close}>Close</Button>
            <Button look="strong" onClick={() => void ask(preview, probe.asked)}>Ask again</Button>
          </>
        ) : <Button onClick={close}>Cancel</Button>
      }
    >
      {probe?.stage === "failed" ? <p role="alert" className="py-2 text-bad">{probe.message}</p> : <Asking probe={probe} />}
    </Dialog>
  );
}

/** It may be long: that it goes on is seen by its time. */
function Asking({ probe }: { probe: Extract<Probe, { stage: "asking" }> | null }) {
  const since = probe?.since;
  const [now, setNow] = useState(since ?? 0);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = since === undefined ? 0 : Math.max(0, Math.round((now - since) / 1000));
  return (
    <div className="flex items-start gap-3 py-4">
      <span aria-hidden className="mt-[5px] size-2 shrink-0 animate-pulse rounded-full bg-second" />
      <p role="status" className="flex-1 text-second"><span className="block text-text">Asking the app…</span>A dev server may have to compile its page first; that can take a minute.</p>
      {seconds > 2 ? <span aria-hidden className="wire text-third">{seconds} s</span> : null}
    </div>
  );
}

function Answered({ preview, report, description, onClose }: { preview: string; report: ProbeReport; description: ReactNode; onClose: () => void }) {
  const { verdict } = report;
  const draft = useStore((state) => state.workspace?.origin.kind === "draft");
  const found = useStore((state) => (state.workspace?.previews.find(({ name }) => name === preview)?.source ?? null) !== null);
  const [chosen, setChosen] = useState<string | null | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const host = toWrite(verdict, chosen);
  const line = verdict.kind === "path" ? verdict.fix : verdict.kind === "ambiguous" ? hostLine(chosen) : verdict.kind === "keep" ? null : (verdict.line ?? null);
  const writes = verdict.kind === "write" || verdict.kind === "leave-out" || verdict.kind === "ambiguous";
  const place = draft ? "the workspace" : "tripledash.json";

  const write = async () => {
    if (host === undefined) return;
    setBusy(true);
    setProblem(null);
    try {
      await setHost(preview, host);
      forget(preview);
      closeDialog();
      reloadPanes(preview);
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={title} description={description} width={WIDTH} onClose={onClose}
      footer={
        <>
          {problem === null ? null : <p role="alert" className="min-w-0 flex-1 text-bad">{problem}</p>}
          <Button look="quiet" onClick={onClose}>Close</Button>
          {line == null ? null : <Button look={writes ? "raised" : "strong"} onClick={() => void copyText(line, "the line")}>Copy the line</Button>}
          {writes ? (
            <Button
              look="strong" disabled={busy} disabledReason={host === undefined ? "Choose one first" : null} onClick={() => void write()}
            >
              {verdict.kind === "leave-out" || host === null ? `Take it out of ${place}` : `Write it into ${place}`}
            </Button>
          ) : null}
        </>
      }
    >
      <Verdict report={report} line={line} chosen={chosen} onChoose={setChosen} />
      {found && writes ? <p className="mt-2 text-cap text-third">The line stands where the file says where to find it, and holds for all that is found there.</p> : null}
      <ProbeTable rows={report.forms} />
      <Again preview={preview} report={report} />
    </Dialog>
  );
}

/** The app is asked with another Host from now on: what its panes show is of the one before. */
function reloadPanes(preview: string): void {
  const { selection, paths, workspace } = useStore.getState();
  for (const pane of panesOf(selection)) if (pane.preview === preview) hub.reload(pane.key, paths[pane.key] ?? pathFor(pane.tenant, selection, workspace));
}

/** Another page, or other tenants: where `/` says nothing of the tenant, one further in may. */
function Again({ preview, report }: { preview: string; report: ProbeReport }) {
  const [path, setPath] = useState(report.path);
  const [tenants, setTenants] = useState(report.tenants.join(", "));
  return (
    <form
      className="mt-4 flex items-end gap-2 border-t border-line pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        void ask(preview, { path: path.trim(), tenants: tenants.split(/[\s,]+/).filter(Boolean) });
      }}
    >
      <TextField label="Page" wire className="flex-1" value={path} placeholder="/" onChange={(event) => setPath(event.target.value)} />
      <TextField label="As tenants" wire className="flex-1" value={tenants} placeholder="two of the workspace" onChange={(event) => setTenants(event.target.value)} />
      <Button type="submit" className="h-8">Ask again</Button>
    </form>
  );
}
