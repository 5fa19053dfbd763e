import { describe, expect, it } from "vitest";
import { ApiError } from "./client";
import { backoff, follow, readLines, type FollowState } from "./stream";
import type { StreamLine } from "./types";

const body = (...chunks: (string | Uint8Array)[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
      controller.close();
    },
  });

async function all(stream: ReadableStream<Uint8Array>): Promise<StreamLine[]> {
  const lines: StreamLine[] = [];
  for await (const line of readLines(stream)) lines.push(line);
  return lines;
}

const text = `{"kind":"cleared"}\n{"kind":"shell","request":{"kind":"command","id":"thème"}}\n{"kind":"reset"}\n`;

describe("readLines", () => {
  it("gives the same lines wherever the chunks are cut, inside a character too", async () => {
    const bytes = new TextEncoder().encode(text);
    const whole = await all(body(bytes));
    expect(whole).toHaveLength(3);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(await all(body(bytes.slice(0, cut), bytes.slice(cut)))).toEqual(whole);
    }
  });

  it("drops a last line that was cut off", async () => {
    expect(await all(body(`{"kind":"reset"}\n{"kind":"clea`))).toEqual([{ kind: "reset" }]);
  });
});

/** A follow whose connections are scripted; ends when the script does. */
async function run(script: (() => Promise<Response>)[]) {
  const lines: StreamLine[] = [];
  const states: FollowState[] = [];
  const waits: number[] = [];
  const stop = new AbortController();
  await follow({
    connect: () => {
      const next = script.shift();
      if (next) return next();
      stop.abort();
      return Promise.reject(new Error("the script ended"));
    },
    onLine: (line) => lines.push(line),
    onState: (state) => states.push(state),
    signal: stop.signal,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    now: () => 1000,
  });
  return { lines, states, waits };
}

const snapshot = `{"kind":"snapshot","exchanges":[]}\n`;
const answer = (content: string) => () => Promise.resolve(new Response(body(content)));

describe("follow", () => {
  it("connects again after the stream ends, and starts over with the new snapshot", async () => {
    const { lines, states } = await run([answer(snapshot + `{"kind":"cleared"}\n`), answer(snapshot)]);
    expect(lines.map(({ kind }) => kind)).toEqual(["snapshot", "cleared", "snapshot"]);
    expect(states.map(({ kind }) => kind)).toEqual(["connecting", "live", "lost", "live", "lost"]);
  });

  it("waits longer after each failure and starts anew after a success", async () => {
    const fails = () => Promise.reject(new TypeError("network"));
    const { waits, states } = await run([fails, fails, fails, answer(snapshot), fails]);
    expect(waits).toEqual([250, 500, 1000, 250, 500]);
    expect(states[1]).toEqual({ kind: "lost", message: "network", attempt: 1, retryAt: 1250 });
    expect(backoff(40)).toBe(5000);
  });

  it("ends at a refusal and says which", async () => {
    const { states, waits } = await run([() => Promise.reject(new ApiError("unauthorized", "wrong token", 401)), answer(snapshot)]);
    expect(states.at(-1)).toMatchObject({ kind: "refused", error: { code: "unauthorized", status: 401 } });
    expect(waits).toEqual([]);
  });

  it("hands on no line after it was stopped", async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    await follow({
      connect: () => Promise.resolve(new Response(body(snapshot + snapshot + snapshot))),
      onLine: ({ kind }) => {
        lines.push(kind);
        stop.abort();
      },
      onState: () => undefined,
      signal: stop.signal,
      wait: () => Promise.resolve(),
      now: () => 0,
    });
    expect(lines).toEqual(["snapshot"]);
  });
});
