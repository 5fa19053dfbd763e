import { create } from "zustand";
import { ApiError } from "@/api/client";
import { readLines } from "@/api/stream";
import type { LogLine, LogPage } from "@/api/types";
import { messageOf } from "./operations";
import { stageOf } from "./serving";
import { useStore } from "./store";

/** What a dev server has printed, as far as the window holds it. */
export type Log = {
  lines: readonly LogLine[];
  /** Lines that nobody keeps any more. */
  missed: number;
  /** The number to ask for next. */
  next: number;
};

export const noLog: Log = { lines: [], missed: 0, next: 0 };

/** The window keeps this many lines; the engine may keep more. */
export const LINES_KEPT = 20_000;

/** Puts a page behind what is there. One that begins anew (another run of the server) replaces it. */
export function withPage(before: Log, page: LogPage): Log {
  const first = page.lines[0];
  const known = before.lines[0];
  const anew = first !== undefined && known !== undefined && first.number < before.next;
  const base = anew ? noLog : before;
  const all = [...base.lines, ...page.lines];
  const cut = Math.max(0, all.length - LINES_KEPT);
  return { lines: cut > 0 ? all.slice(cut) : all, missed: base.missed + page.missed + cut, next: page.next };
}

/** Colours and cursor moves of terminals. The text alone is shown. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A line as it is read. What a carriage return overwrote was seen by nobody. */
export function plainText(text: string): string {
  const shown = text.replace(/\r+$/, "");
  return shown.slice(shown.lastIndexOf("\r") + 1).replace(CONTROLS, "");
}

export type Following =
  | { kind: "none" }
  | { kind: "waiting" }
  | { kind: "live" }
  | { kind: "ended" }
  | { kind: "failed"; message: string };

/** `of` names the workspace and the preview. */
type State = { of: string | null; log: Log; following: Following };

/** The log that the panel shows. One at a time: browsers open only six connections to one host. */
export const useLog = create<State>()(() => ({ of: null, log: noLog, following: { kind: "none" } }));

/** As long as the stream may lag behind the end of a log that it tells of. */
const LAG_MS = 1500;
const AGAIN_MS = 1000;

/** Resolves when the condition holds, after the time at the latest, and on abort. */
function until(holds: () => boolean, signal: AbortSignal, ms: number | null): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const stop = useStore.subscribe(() => holds() && done());
    const timer = ms === null ? undefined : setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (holds() || signal.aborted) done();
  });
}

/** Two workspaces may have a preview of one name. */
export const logKey = (file: string, preview: string): string => `${file}\n${preview}`;

/** Follows a preview's log until the returned function is called: through the server's end, and on with its next run. */
export function followLog(preview: string): () => void {
  const over = new AbortController();
  const { signal } = over;
  const of = logKey(useStore.getState().workspace?.origin.file ?? "", preview);
  if (useLog.getState().of !== of) useLog.setState({ of, log: noLog, following: { kind: "waiting" } });
  void run(preview, signal);
  return () => over.abort();
}

async function run(preview: string, signal: AbortSignal): Promise<void> {
  const server = () => useStore.getState().workspace?.previews.find(({ name }) => name === preview)?.server ?? null;
  const runs = () => {
    const now = server();
    return now !== null && now.hasLog && ["underway", "on", "ending"].includes(stageOf(now));
  };
  const tell = (following: Following) => {
    if (!signal.aborted) useLog.setState({ following });
  };
  while (!signal.aborted) {
    if (server()?.hasLog !== true) tell({ kind: "waiting" });
    await until(() => server()?.hasLog === true, signal, null);
    const { api } = useStore.getState();
    if (signal.aborted || !api) return;
    try {
      const { body } = await api.followServerLog(preview, 0, signal);
      if (body) await read(body, signal, tell);
      tell({ kind: "ended" });
      await until(() => !runs(), signal, LAG_MS);
      await until(runs, signal, null);
    } catch (error) {
      if (signal.aborted) return;
      // a run that has just been asked for has no log yet
      if (!(error instanceof ApiError && error.code === "runs-not")) tell({ kind: "failed", message: messageOf(error) });
      await until(() => false, signal, AGAIN_MS);
    }
  }
}

/** A server that prints a lot must not make the window busy: what comes within this time is put in at once. */
const GATHER_MS = 120;

async function read(body: ReadableStream<Uint8Array>, signal: AbortSignal, tell: (following: Following) => void): Promise<void> {
  let fresh = true;
  let waiting: LogPage[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const page = joined(waiting);
    waiting = [];
    if (signal.aborted || page === null) return;
    const start = fresh;
    fresh = false;
    useLog.setState(({ log }) => ({ log: withPage(start ? noLog : log, page) }));
    tell({ kind: "live" });
  };
  try {
    for await (const page of readLines<LogPage>(body)) {
      if (signal.aborted) return;
      waiting.push(page);
      if (fresh) flush();
      else timer ??= setTimeout(flush, GATHER_MS);
    }
  } finally {
    flush();
  }
}

/** Pages that follow each other as one. */
export function joined(pages: readonly LogPage[]): LogPage | null {
  const last = pages[pages.length - 1];
  if (!last) return null;
  return { missed: pages.reduce((sum, { missed }) => sum + missed, 0), lines: pages.flatMap(({ lines }) => lines), next: last.next };
}
