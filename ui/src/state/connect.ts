import { createApi, type ApiError } from "@/api/client";
import { follow, type FollowState } from "@/api/stream";
import { keepToken, keptToken } from "@/api/token";
import { applyLine, useStore } from "./store";

const STREAM_ROWS = 2000;
const FILTER_PAUSE_MS = 150;

let tried = "";
let current: AbortController | null = null;
let candidate: AbortController | null = null;
let filterTimer: ReturnType<typeof setTimeout> | undefined;
const waits = new Set<() => void>();

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      waits.delete(done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    waits.add(done);
  });

/** Ends a wait between two attempts at once. */
export const retryNow = () => waits.forEach((done) => done());

/** Tries a token: it is kept once the engine has taken it. Where it does not, the one kept from before goes on. */
export function connect(token: string): void {
  tried = token;
  const api = createApi(token);
  useStore.setState({ api, connection: { kind: "connecting" } });
  void api.shell().then((shell) => useStore.setState({ shell }), () => undefined); // no shell: both abilities stay false
  current?.abort();
  current = null;
  start();
}

function filterRefused(error: ApiError): void {
  const column = error.body["column"];
  useStore.setState({ filterError: { message: error.message, column: typeof column === "number" ? column : null } });
}

/**
 * Starts a stream with the filter of the moment. The stream before it runs on until the new one's snapshot is here, so that
 * a half-typed filter, which the engine refuses, leaves the rows live.
 */
function start(): void {
  const { api, filter } = useStore.getState();
  if (!api) return;
  candidate?.abort();
  const mine = new AbortController();
  candidate = mine;
  const isCurrent = () => current === mine;
  const onState = (connection: FollowState) => {
    if (mine.signal.aborted) return;
    if (connection.kind === "refused" && connection.error.code === "bad-filter") {
      filterRefused(connection.error);
      return;
    }
    const kept = keptToken(localStorage);
    if (connection.kind === "refused" && connection.error.status === 401 && kept !== null && kept !== tried) {
      connect(kept);
      return;
    }
    if (isCurrent() || current === null || connection.kind === "refused") useStore.setState({ connection });
  };
  void follow({
    connect: (signal) => api.stream(filter, STREAM_ROWS, signal),
    onLine: (line) => {
      if (mine.signal.aborted) return;
      if (!isCurrent()) {
        current?.abort();
        current = mine;
        candidate = null;
        keepToken(tried, localStorage);
        useStore.setState({ filterError: null, connection: { kind: "live" } });
      }
      applyLine(line);
    },
    onState,
    signal: mine.signal,
    wait,
    now: () => Date.now(),
  });
}

useStore.subscribe((state, before) => {
  if (state.filter === before.filter) return;
  clearTimeout(filterTimer);
  filterTimer = setTimeout(start, FILTER_PAUSE_MS);
});
