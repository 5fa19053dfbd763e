import { useEffect, useState } from "react";
import { Button, Dialog, TextField } from "@/components";
import type { Probing } from "@/api/client";
import type { ProbeReport } from "@/api/types";
import { copyText, messageOf, setHost } from "@/state/operations";
import { panesOf, pathFor } from "@/state/selection";
import { closeDialog, useStore } from "@/state/store";
import * as hub from "@/features/panes/hub";
import { ProbeTable } from "./ProbeTable";
import { ask, dismissOffer, forget, useProbe } from "./probes";
import { lineOf, toWrite } from "./report";
import { Verdict } from "./Verdict";

const WIDTH = 760;
const title = "Which host does the app understand?";

/** Asks a preview's app with each form of `Host`, and shows what it made of them. One dialog throughout, so that the focus stays in it. */
export function ProbeDialog({ preview }: { preview: string }) {
  const probe = useProbe(preview);
  const upstream = useStore((state) => state.workspace?.previews.find(({ name }) => name === preview)?.upstream ?? null);
  const [chosen, setChosen] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    dismissOffer(preview);
    // What was asked by itself is shown, or waited for.
    if (upstream !== null && probe === null) void ask(preview);
    // Only as it opens: an answer that is forgotten is not asked for again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const close = () => {
    forget(preview); // the app may be another one by the next time
    closeDialog();
  };
  const again = (asked: Probing) => {
    setChosen(undefined);
    void ask(preview, asked);
  };
  const report = probe?.stage === "answered" ? probe.report : null;

  return (
    <Dialog
      title={title} width={upstream === null ? 440 : WIDTH} onClose={close} keepsNothing
      description={
        upstream === null ? `${preview} leads nowhere now. Start it first.` : (
          <>Asks <span className="wire">{preview}</span> at <span className="wire break-all">{upstream}</span> for one page with each form of the Host header.</>
        )
      }
      footer={
        upstream === null ? <Button onClick={close}>Close</Button>
        : report ? <Answer preview={preview} report={report} chosen={chosen} onClose={close} />
        : probe?.stage === "failed" ? (
          <>
            <Button look="quiet" onClick={close}>Close</Button>
            <Button look="strong" onClick={() => again(probe.asked)}>Ask again</Button>
          </>
        ) : <Button onClick={close}>Cancel</Button>
      }
    >
      {upstream === null ? undefined : report ? (
        <>
          <Verdict report={report} line={lineOf(report, chosen)} chosen={chosen} onChoose={setChosen} />
          <ProbeTable report={report} />
          <Again report={report} onAsk={again} />
        </>
      ) : probe?.stage === "failed" ? <p role="alert" className="py-2 text-bad">{probe.message}</p> : <Asking since={probe?.stage === "asking" ? probe.since : undefined} />}
    </Dialog>
  );
}

/** It may be long: that it goes on is seen by its time. */
function Asking({ since }: { since: number | undefined }) {
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

/** What can be done with the verdict. */
function Answer({ preview, report, chosen, onClose }: { preview: string; report: ProbeReport; chosen: string | null | undefined; onClose: () => void }) {
  const { verdict } = report;
  const place = useStore((state) => (state.workspace?.origin.kind === "draft" ? "the workspace" : "tripledash.json"));
  const found = useStore((state) => (state.workspace?.previews.find(({ name }) => name === preview)?.source ?? null) !== null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const host = toWrite(verdict, chosen);
  const line = lineOf(report, chosen);
  const writes = ["write", "leave-out", "ambiguous"].includes(verdict.kind);

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
    <>
      {problem !== null ? <p role="alert" className="min-w-0 flex-1 text-bad">{problem}</p> : found && writes ? <p className="min-w-0 flex-1 text-cap text-third">It holds for all that is found where this one is.</p> : null}
      <Button look="quiet" onClick={onClose}>Close</Button>
      {line === null ? null : <Button look={writes ? "raised" : "strong"} onClick={() => void copyText(line, "the line")}>Copy the line</Button>}
      {writes ? (
        <Button look="strong" disabled={busy || host === undefined} onClick={() => void write()}>
          {host === null ? `Take it out of ${place}` : `Write it into ${place}`}
        </Button>
      ) : null}
    </>
  );
}

/** The app is asked with another Host from now on: what its panes show is of the one before. */
function reloadPanes(preview: string): void {
  const { selection, paths, workspace } = useStore.getState();
  for (const pane of panesOf(selection)) if (pane.preview === preview) hub.reload(pane.key, paths[pane.key] ?? pathFor(pane.tenant, selection, workspace));
}

/** Another page, or other tenants: where `/` says nothing of the tenant, one further in may. */
function Again({ report, onAsk }: { report: ProbeReport; onAsk: (asked: Probing) => void }) {
  const [path, setPath] = useState(report.path);
  const [tenants, setTenants] = useState(report.tenants.join(", "));
  return (
    <form
      className="mt-4 flex items-end gap-2 border-t border-line pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk({ path: path.trim(), tenants: tenants.split(/[\s,]+/).filter(Boolean) });
      }}
    >
      <TextField label="Page" wire className="flex-1" value={path} placeholder="/" onChange={(event) => setPath(event.target.value)} />
      <TextField label="As tenants" wire className="flex-1" value={tenants} placeholder="two of the workspace" onChange={(event) => setTenants(event.target.value)} />
      <Button type="submit" className="h-8">Ask again</Button>
    </form>
  );
}
