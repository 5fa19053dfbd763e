import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepToken, keptToken } from "@/api/token";
import type { ExchangeRow, StreamLine } from "@/api/types";
import { connect } from "./connect";
import { samplePreview, sampleSource, sampleWorkspace } from "./samples";
import { initialState, setFilter, useStore } from "./store";

const workspace = sampleWorkspace();
const row = (id: string): ExchangeRow => ({
  id, startedAt: "2026-01-01T00:00:00Z", tenant: null, preview: "main", session: null, kind: "document", method: "GET", path: "/", rewrittenTo: null,
  status: 200, durationUs: 1, responseBytes: 0, state: "done", diagnostics: [],
});
const stats = { kept: 0, seen: 0, dropped: 0, bytes: 0 };
const items = (...ids: string[]) => ids.map((id) => ({ row: row(id), matches: true }));
const snapshot = (...ids: string[]): StreamLine => ({ kind: "snapshot", workspace, exchanges: items(...ids), stats, diagnostics: [] });
const more = (...ids: string[]): StreamLine => ({ kind: "exchanges", items: items(...ids), stats, diagnostics: [] });

const bearer = (init?: RequestInit) => new Headers(init?.headers).get("authorization")?.replace("Bearer ", "") ?? "";

/** A place for the token, as browsers have. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() { return kept.size; },
    clear: () => kept.clear(),
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

/** An engine whose streams are written by hand: each asked-for filter gives a stream to write to. */
function engine() {
  const streams = new Map<string, { write: (line: StreamLine) => void; aborted: () => boolean }>();
  const refused = new Map<string, object>();
  const wrong = new Set<string>();
  const asked: string[] = [];
  const fetcher = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = new URL(String(input), "http://tripledash.localhost:7333");
    if (!url.pathname.endsWith("/stream")) return Promise.resolve(Response.json({ pickFolder: false, windows: false }));
    asked.push(bearer(init));
    if (wrong.has(bearer(init))) return Promise.resolve(Response.json({ code: "token-refused", message: "no" }, { status: 401 }));
    const filter = url.searchParams.get("filter") ?? "";
    const refusal = refused.get(filter);
    if (refusal) return Promise.resolve(Response.json(refusal, { status: 400 }));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        streams.set(filter, {
          write: (line) => controller.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`)),
          aborted: () => init?.signal?.aborted === true,
        });
      },
    });
    return Promise.resolve(new Response(body));
  };
  const stream = (filter: string) => vi.waitFor(() => {
    const found = streams.get(filter);
    if (!found) throw new Error(`nobody asked for "${filter}"`);
    return found;
  });
  return { fetcher, stream, refused, wrong, asked };
}

const rows = () => useStore.getState().exchanges.order;

describe("connect", () => {
  beforeEach(() => {
    useStore.setState(initialState, true);
    vi.stubGlobal("localStorage", storage());
  });
  afterEach(() => vi.unstubAllGlobals());

  it("shows the snapshot and what follows, and replaces all of it by a second snapshot", async () => {
    const { fetcher, stream } = engine();
    vi.stubGlobal("fetch", fetcher);
    connect("t");
    const all = await stream("");
    all.write(snapshot("1", "2"));
    all.write(more("3", "2"));
    await vi.waitFor(() => expect(rows()).toEqual(["1", "2", "3"]));
    all.write({ kind: "reset" });
    all.write(snapshot("3", "4"));
    await vi.waitFor(() => expect(rows()).toEqual(["3", "4"]));
    expect(useStore.getState().connection.kind).toBe("live");
  });

  it("takes the previews, and where they and the tenants are found, unless an answer has overtaken the stream", async () => {
    const { fetcher, stream } = engine();
    vi.stubGlobal("fetch", fetcher);
    connect("t");
    const all = await stream("");
    const sources = [sampleSource({ head: "main" })];
    const tenantList = { ...workspace.tenantList, status: "stale" as const, message: "no answer" };
    const line = (revision: number, name: string): StreamLine => ({ kind: "previews", generation: 1, revision, previews: [samplePreview(name, { status: "up" })], sources, tenantList, overBudget: workspace.overBudget });
    const shown = () => useStore.getState().workspace?.previews.map(({ name }) => name);
    all.write(snapshot("1"));
    all.write(line(1, "same"));
    await vi.waitFor(() => expect(shown()).toEqual(["same"]));
    all.write(line(3, "newer"));
    await vi.waitFor(() => expect(shown()).toEqual(["newer"]));
    expect(useStore.getState().workspace).toMatchObject({ revision: 3, sources, tenantList, tenants: workspace.tenants });
    all.write(line(2, "overtaken"));
    all.write(more("2"));
    await vi.waitFor(() => expect(rows()).toEqual(["1", "2"]));
    expect(shown()).toEqual(["newer"]);
  });

  it("lets go of a chosen branch that is gone, once every source has said which there are", async () => {
    const { fetcher, stream } = engine();
    vi.stubGlobal("fetch", fetcher);
    connect("t");
    const all = await stream("");
    const line = (generation: number, status: "reading" | "good", ...names: string[]): StreamLine => ({
      kind: "previews", generation, revision: generation, previews: names.map((name) => samplePreview(name)), sources: [sampleSource({ status })], tenantList: workspace.tenantList, overBudget: workspace.overBudget,
    });
    const chosen = () => useStore.getState().selection.previews;
    all.write(snapshot("1"));
    all.write(line(2, "good", "main", "feature"));
    await vi.waitFor(() => expect(chosen()).toEqual(["main"]));
    useStore.setState(({ selection }) => ({ selection: { ...selection, previews: ["feature"] } }));
    all.write(line(3, "reading", "main"));
    await vi.waitFor(() => expect(useStore.getState().workspace?.generation).toBe(3));
    expect(chosen()).toEqual(["feature"]);
    all.write(line(4, "good", "main"));
    await vi.waitFor(() => expect(chosen()).toEqual(["main"]));
  });

  it("keeps the old stream live until the new filter's snapshot is here, and hears nothing of it afterwards", async () => {
    const { fetcher, stream } = engine();
    vi.stubGlobal("fetch", fetcher);
    connect("t");
    const all = await stream("");
    all.write(snapshot("1"));
    await vi.waitFor(() => expect(rows()).toEqual(["1"]));
    setFilter("tenant:acme");
    const filtered = await stream("tenant:acme");
    all.write(more("2"));
    await vi.waitFor(() => expect(rows()).toEqual(["1", "2"]));
    filtered.write(snapshot("9"));
    await vi.waitFor(() => expect(rows()).toEqual(["9"]));
    expect(all.aborted()).toBe(true);
    filtered.write(more("10"));
    await vi.waitFor(() => expect(rows()).toEqual(["9", "10"]));
  });

  it("says what is wrong with a filter and goes on with the one before", async () => {
    const { fetcher, stream, refused } = engine();
    refused.set("status:>", { code: "bad-filter", message: "a number is wanted after >", column: 9 });
    vi.stubGlobal("fetch", fetcher);
    connect("t");
    const all = await stream("");
    all.write(snapshot("1"));
    await vi.waitFor(() => expect(rows()).toEqual(["1"]));
    setFilter("status:>");
    await vi.waitFor(() => expect(useStore.getState().filterError).toEqual({ message: "a number is wanted after >", column: 9 }));
    all.write(more("2"));
    await vi.waitFor(() => expect(rows()).toEqual(["1", "2"]));
    expect(useStore.getState().connection.kind).toBe("live");
    setFilter("status:>400");
    (await stream("status:>400")).write(snapshot());
    await vi.waitFor(() => expect(useStore.getState().filterError).toBeNull());
    expect(rows()).toEqual([]);
  });

  it("keeps a token once the engine has taken it, and not before", async () => {
    const { fetcher, stream } = engine();
    vi.stubGlobal("fetch", fetcher);
    keepToken("old", localStorage);
    connect("new");
    const all = await stream("");
    expect(keptToken(localStorage)).toBe("old");
    all.write(snapshot("1"));
    await vi.waitFor(() => expect(useStore.getState().connection.kind).toBe("live"));
    expect(keptToken(localStorage)).toBe("new");
  });

  it("goes on with the kept token where the engine does not take the one it was given", async () => {
    const { fetcher, stream, wrong, asked } = engine();
    wrong.add("theirs");
    vi.stubGlobal("fetch", fetcher);
    keepToken("ours", localStorage);
    connect("theirs");
    (await stream("")).write(snapshot("1"));
    await vi.waitFor(() => expect(rows()).toEqual(["1"]));
    expect([...new Set(asked)]).toEqual(["theirs", "ours"]);
    expect(keptToken(localStorage)).toBe("ours");
  });

  it("asks for a token where the engine takes neither, and keeps what it had", async () => {
    const { fetcher, wrong, asked } = engine();
    wrong.add("theirs").add("stale");
    vi.stubGlobal("fetch", fetcher);
    keepToken("stale", localStorage);
    connect("theirs");
    await vi.waitFor(() => expect(useStore.getState().connection).toMatchObject({ kind: "refused", error: { status: 401 } }));
    expect([...new Set(asked)]).toEqual(["theirs", "stale"]);
    expect(keptToken(localStorage)).toBe("stale");
  });
});
