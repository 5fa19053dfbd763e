import { useLayoutEffect, useRef, type FocusEvent, type ReactNode } from "react";
import type { Deployment, LogLine, Preview, ServerState } from "@/api/types";
import { Button, classes, Said } from "@/components";
import { LogIcon, PlayIcon } from "@/components/icons";
import { openInBrowser } from "@/state/operations";
import { canStart, canStop, hasLog, startServer, stageOf, stopServer } from "@/state/serving";
import { useStore } from "@/state/store";
import { sentence } from "@/state/words";
import { textOf } from "../log/rows";
import { titleOf } from "../side/previewState";
import { since, useNow } from "@/state/clock";
import { showLog } from "../trace/view";
import { useTail } from "./useTail";

/** A pane whose preview leads nowhere now: why, how far it is, and what can be done. Its page comes by itself. */
export function PaneStandby({ preview, brief }: { preview: Preview; brief: boolean }) {
  const kept = useFocusKept();
  if (brief) return <div className="min-h-0 flex-1 bg-bg p-3 text-cap text-second">{preview.server ? headings[preview.server.state] : preview.deployment ? deployed[preview.deployment.state] : "Leads nowhere now"}</div>;
  return (
    <div className="min-h-0 flex-1 overflow-auto bg-bg">
      <div className="mx-auto flex min-h-full max-w-[440px] flex-col justify-center gap-3.5 p-5 outline-none" data-testid="standby" {...kept}>
        {preview.server ? <ServerStanding preview={preview} state={preview.server.state} /> : preview.deployment ? <DeploymentStanding preview={preview} deployment={preview.deployment} /> : <Text title="This preview leads nowhere now">It has no address yet.</Text>}
      </div>
    </div>
  );
}

/** A button that was pressed goes with the state that it was for; the focus stays in the pane. */
function useFocusKept() {
  const ref = useRef<HTMLDivElement>(null);
  const within = useRef(false);
  useLayoutEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (lost && within.current) ref.current?.focus();
  });
  return {
    ref, tabIndex: -1,
    onFocus: () => {
      within.current = true;
    },
    onBlur: ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null) within.current = false;
    },
  };
}

const headings: Record<ServerState, string> = {
  stopped: "Does not run", preparing: "Making its checkout", setup: "Setting up", starting: "Starting", ready: "Ready", stopping: "Stopping",
  exited: "Ended by itself", failed: "Did not start",
};

const steps: readonly [state: ServerState, word: string][] = [["preparing", "Checkout"], ["setup", "Setup"], ["starting", "Start"]];

function ServerStanding({ preview, state }: { preview: Preview; state: ServerState }) {
  const { name, server, commit, source } = preview;
  const tail = useTail(name);
  const at = useStore((store) => (source === null ? undefined : store.workspace?.sources[source]?.at));
  const now = useNow();
  if (!server) return null;
  const stage = stageOf(server);
  const broken = stage === "broken";
  const underway = stage === "underway" || stage === "ending";
  const title = <span className="wire text-[13px]! break-all">{titleOf(preview)}</span>;
  const said = server.message === null ? "" : sentence(server.message);
  return (
    <>
      <div role="status">
        <h3 className={classes("font-name", broken && "text-bad")}>{headings[state]}</h3>
        <p className="mt-0.5 text-second">{title}{commit ? <> · {commit.subject}{commit.at === null ? null : <span className="text-third">, {since(commit.at, now)}</span>}</> : null}</p>
        {said === "" || said === `It ${headings[state].toLowerCase()}.` ? null : <p className={classes("mt-1.5 break-words", broken ? "text-text" : "text-warn")}><Said text={said} /></p>}
      </div>
      {stage === "underway" ? <Steps state={state} /> : null}
      {underway || broken ? <Tail lines={broken ? tail : tail.slice(-1)} /> : null}
      {!canStart(preview) && !canStop(preview) && !underway ? <p className="text-second">{server.canStart ? null : preview.branch === null ? "No branch is checked out there. Check one out, or start it in its folder: a server that runs there is found by itself." : <>Nothing says how to start it. Give <span className="wire">previews[{at ?? 0}]</span> a <span className="wire">“dev”</span> command, such as <span className="wire">npm run dev -- --port {"{port}"}</span>{preview.checkout?.workingCopy ? ", or start it in its folder: a server that runs there is found by itself" : ""}.</>}</p> : null}
      <div className="flex flex-wrap gap-2">
        {canStart(preview) ? <Button look="strong" onClick={() => void startServer(name)}><PlayIcon />{broken ? "Restart" : "Start"}</Button> : null}
        {stage === "underway" ? <Button onClick={() => void stopServer(name)}>Cancel</Button> : null}
        {hasLog(preview) ? <Button look={broken || underway ? "raised" : "quiet"} onClick={() => showLog(name)}><LogIcon />Open its log</Button> : null}
      </div>
    </>
  );
}

/** How far it is: what is done, what is underway, what is to come. */
function Steps({ state }: { state: ServerState }) {
  const current = steps.findIndex(([one]) => one === state);
  return (
    <ol className="flex gap-1.5" aria-label="How far it is">
      {steps.map(([one, word], at) => (
        <li key={one} className="flex-1" aria-current={at === current ? "step" : undefined}>
          <span aria-hidden className={classes("block h-[3px] rounded-full", at < current ? "bg-second" : at === current ? "animate-pulse bg-text" : "bg-line-strong")} />
          <span className={classes("mt-1 block text-cap", at === current ? "text-text" : "text-third")}>{word}</span>
        </li>
      ))}
    </ol>
  );
}

function Tail({ lines }: { lines: readonly LogLine[] }) {
  if (lines.length === 0) return null;
  return (
    <div className="overflow-hidden rounded-control border border-line bg-panel px-2.5 py-1.5" data-testid="tail">
      {lines.map((line) => (
        <p key={line.number} className={classes("wire truncate whitespace-pre", line.stream === "error" ? "text-text" : "text-second")} title={textOf(line)}>{textOf(line)}</p>
      ))}
    </div>
  );
}

const deployed: Record<Deployment["state"], string> = {
  queued: "Waits to be built", building: "Is being built", ready: "Deployed", failed: "Could not be built", canceled: "Its build was canceled", unknown: "Not deployed yet",
};

function DeploymentStanding({ preview, deployment }: { preview: Preview; deployment: Deployment }) {
  const { state, inspector, created } = deployment;
  const now = useNow();
  const underway = state === "queued" || state === "building";
  return (
    <>
      <Text title={deployed[state]} bad={state === "failed"}>
        <span className="wire text-[13px]! break-all">{titleOf(preview)}</span>
        {preview.commit ? <> · {preview.commit.subject}</> : null}
        {created === null ? null : <span className="text-third">, {since(created, now)}</span>}
        {underway ? <span className="mt-1.5 block">This pane loads by itself when it is there.</span> : null}
      </Text>
      {underway ? <span aria-hidden className="block h-[3px] animate-pulse rounded-full bg-second" /> : null}
      {inspector === null ? null : <div><Button onClick={() => void openInBrowser(inspector)}>See it on the platform</Button></div>}
    </>
  );
}

const Text = ({ title, bad = false, children }: { title: string; bad?: boolean; children: ReactNode }) => (
  <div role="status">
    <h3 className={classes("font-name", bad && "text-bad")}>{title}</h3>
    <p className="mt-0.5 text-second">{children}</p>
  </div>
);
