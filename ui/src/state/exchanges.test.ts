import { describe, expect, it } from "vitest";
import type { ExchangeRow } from "@/api/types";
import { cleared, fromSnapshot, noExchanges, ROWS_KEPT, withBatch, type Entry } from "./exchanges";

const row = (id: string, change: Partial<ExchangeRow> = {}): ExchangeRow => ({
  id, startedAt: "2026-01-01T00:00:00Z", tenant: "acme", preview: "main", session: null, kind: "document", method: "GET",
  path: "/", rewrittenTo: null, status: null, durationUs: null, responseBytes: 0, state: "open", diagnostics: [], ...change,
});
const entry = (id: string, matches = true, change: Partial<ExchangeRow> = {}): Entry => ({ row: row(id, change), matches });
const batch = (...items: Entry[]) => ({ items, stats: { kept: items.length, seen: items.length, dropped: 0, bytes: 0 }, diagnostics: [] });

describe("withBatch", () => {
  it("keeps the order in which exchanges started", () => {
    const state = withBatch(withBatch(noExchanges, batch(entry("1"), entry("2"))), batch(entry("3")));
    expect(state.order).toEqual(["1", "2", "3"]);
    expect(state.visible).toEqual(["1", "2", "3"]);
  });

  it("updates a known row in its place", () => {
    const state = withBatch(withBatch(noExchanges, batch(entry("1"), entry("2"))), batch(entry("1", true, { status: 200, state: "done" })));
    expect(state.order).toEqual(["1", "2"]);
    expect(state.byId.get("1")?.row.status).toBe(200);
  });

  it("changes nothing when a batch comes twice", () => {
    const once = withBatch(noExchanges, batch(entry("1"), entry("2", false)));
    const twice = withBatch(once, batch(entry("1"), entry("2", false)));
    expect(twice.order).toEqual(once.order);
    expect(twice.visible).toEqual(once.visible);
  });

  it("shows a row in its place when an update makes it match, and hides it when it stops", () => {
    let state = withBatch(noExchanges, batch(entry("1"), entry("2", false), entry("3")));
    expect(state.visible).toEqual(["1", "3"]);
    state = withBatch(state, batch(entry("2", true, { status: 404 })));
    expect(state.visible).toEqual(["1", "2", "3"]);
    state = withBatch(state, batch(entry("1", false)));
    expect(state.visible).toEqual(["2", "3"]);
  });

  it("leaves the visible list alone when only hidden rows were added", () => {
    const before = withBatch(noExchanges, batch(entry("1")));
    expect(withBatch(before, batch(entry("2", false))).visible).toBe(before.visible);
  });

  it("lets the oldest rows go over the bound", () => {
    const many = Array.from({ length: ROWS_KEPT }, (_, at) => entry(`a${at}`));
    const state = withBatch(withBatch(noExchanges, batch(...many)), batch(entry("b0"), entry("b1")));
    expect(state.order).toHaveLength(ROWS_KEPT);
    expect(state.order[0]).toBe("a2");
    expect(state.byId.size).toBe(ROWS_KEPT);
    expect(state.visible.at(-1)).toBe("b1");
    expect(state.byId.has("a1")).toBe(false);
  });
});

describe("fromSnapshot", () => {
  it("forgets rows of the connection before", () => {
    const state = fromSnapshot(batch(entry("9")));
    expect(state.order).toEqual(["9"]);
    expect(state.byId.size).toBe(1);
  });
});

describe("cleared", () => {
  it("empties the rows and keeps the counts of what was seen and dropped", () => {
    const state = cleared({ ...withBatch(noExchanges, batch(entry("1"))), stats: { kept: 1, seen: 7, dropped: 2, bytes: 9 } });
    expect(state.order).toEqual([]);
    expect(state.stats).toEqual({ kept: 0, seen: 7, dropped: 2, bytes: 0 });
  });
});
