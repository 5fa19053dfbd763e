import type { StreamLine } from "./types";
import { ApiError } from "./client";

/** Cuts a body into its NDJSON lines, whatever the chunk boundaries are. A last line without its end is dropped: it was cut off. */
export async function* readLines<T = StreamLine>(body: ReadableStream<Uint8Array>): AsyncGenerator<T> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as T;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // already ended or broken: nothing left to stop
  }
}

export type FollowState =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "lost"; message: string; attempt: number; retryAt: number }
  | { kind: "refused"; error: ApiError };

export type Follow = {
  connect: (signal: AbortSignal) => Promise<Response>;
  onLine: (line: StreamLine) => void;
  onState: (state: FollowState) => void;
  signal: AbortSignal;
  /** Resolves after the delay, early on abort or when somebody asks to try now. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  now: () => number;
};

/** 0.25, 0.5, 1, 2, 4, then every 5 seconds. */
export const backoff = (attempt: number) => Math.min(250 * 2 ** Math.max(0, attempt - 1), 5000);

/**
 * Follows the stream for as long as the signal lives: connects, hands on each line, and connects again when it breaks.
 * Every connection starts with a snapshot, so nothing is kept over from the one before. Only a refusal (401, 400) ends it.
 */
export async function follow({ connect, onLine, onState, signal, wait, now }: Follow): Promise<void> {
  let attempt = 0;
  onState({ kind: "connecting" });
  while (!signal.aborted) {
    let message = "the engine closed the stream";
    try {
      const response = await connect(signal);
      if (!response.body) throw new ApiError("empty-stream", "the engine's stream has no body", response.status);
      for await (const line of readLines(response.body)) {
        if (signal.aborted) return;
        if (attempt > 0 || line.kind === "snapshot") {
          attempt = 0;
          onState({ kind: "live" });
        }
        onLine(line);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
        onState({ kind: "refused", error });
        return;
      }
      message = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    attempt += 1;
    const delay = backoff(attempt);
    onState({ kind: "lost", message, attempt, retryAt: now() + delay });
    await wait(delay, signal);
  }
}
