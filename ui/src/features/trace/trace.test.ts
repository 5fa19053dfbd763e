import { describe, expect, it } from "vitest";
import type { ExchangeRow } from "@/api/types";
import { around, hasTerm, toggleTerm } from "./filterTerms";
import { newerThan, shiftOf, stepFrom } from "./follow";
import { duration, since, size, text } from "./format";
import { nextOrigin } from "./origin";
import { suggestion } from "./suggestion";

const plain = (value: { value: string; unit: string }) => text(value).replace("\u202f", " ");

describe("quantities", () => {
  it.each([[null, "–"], [0, "0.0 ms"], [412, "0.4 ms"], [1_000, "1 ms"], [38_400, "38 ms"], [999_400, "999 ms"], [999_600, "1.0 s"], [12_300_000, "12 s"], [90_000_000, "1.5 min"]])(
    "%s µs reads %s", (us, words) => expect(plain(duration(us))).toBe(words),
  );
  it.each([[0, "0 B"], [99, "99 B"], [100, "0.1 kB"], [7_100, "7.1 kB"], [54_321, "54 kB"], [999_900, "1.0 MB"], [2_500_000_000, "2.5 GB"]])(
    "%s bytes read %s", (bytes, words) => expect(plain(size(bytes))).toBe(words),
  );
  it.each([[0, "0.000 s"], [11_482, "11.482 s"], [125_482, "2:05.482"], [3_725_000, "1:02:05"], [-5, "0.000 s"]])(
    "%s ms after the start reads %s", (ms, words) => expect(since(1_000_000 + ms, 1_000_000).replace("\u202f", " ")).toBe(words),
  );
});

describe("origin", () => {
  it("is the first exchange, stays when old rows are dropped, and starts again when the trace is cleared", () => {
    expect(nextOrigin(null, 50)).toBe(50);
    expect(nextOrigin(50, 80)).toBe(50);
    expect(nextOrigin(50, 20)).toBe(20);
    expect(nextOrigin(50, null)).toBeNull();
  });
});

describe("following", () => {
  it("counts what came after the row that was the newest", () => {
    expect(newerThan(["1", "2", "3"], "1")).toBe(2);
    expect(newerThan(["1", "2", "3"], null)).toBe(0);
    expect(newerThan(["7", "8"], "1")).toBe(2);
  });

  it("knows how far rows moved when old ones were dropped", () => {
    expect(shiftOf(["1", "2", "3"], ["2", "3", "4"], "3")).toBe(-1);
    expect(shiftOf(["1", "2"], ["1", "2", "3"], "2")).toBe(0);
    expect(shiftOf(["1", "2"], ["3"], "2")).toBe(0);
  });

  it("steps with the keys and stays inside", () => {
    const rows = ["a", "b", "c", "d"];
    expect(stepFrom(rows, "b", "ArrowDown", 2)).toBe("c");
    expect(stepFrom(rows, "d", "ArrowDown", 2)).toBe("d");
    expect(stepFrom(rows, null, "ArrowUp", 2)).toBe("d");
    expect(stepFrom(rows, "d", "PageUp", 2)).toBe("b");
    expect(stepFrom(rows, "c", "Home", 2)).toBe("a");
    expect(stepFrom([], null, "End", 2)).toBeNull();
    expect(stepFrom(rows, "a", "x", 2)).toBeNull();
  });
});

describe("filter terms", () => {
  it("puts a term in and takes it out", () => {
    expect(toggleTerm("tenant:acme", "is:diagnosed")).toBe("tenant:acme is:diagnosed");
    expect(toggleTerm("is:diagnosed  tenant:acme", "is:diagnosed")).toBe("tenant:acme");
    expect(hasTerm("is:diagnosed tenant:acme", "tenant:ac")).toBe(false);
  });

  it("finds the wrong term by its column", () => {
    expect(around("tenant:acme colour:red /x", 13)).toEqual({ before: "tenant:acme ", wrong: "colour:red", after: " /x" });
    expect(around("status:x", 8)).toEqual({ before: "status:", wrong: "x", after: "" });
    expect(around("a", 9)).toEqual({ before: "a", wrong: "", after: "" });
  });
});

describe("suggestion", () => {
  const entry = (id: string, change: Partial<ExchangeRow>) => [id, { row: { id, kind: "asset", diagnostics: [], ...change } as ExchangeRow, matches: true }] as const;

  it("is the newest issue, else the newest page load, else nothing", () => {
    const rows = [entry("1", { diagnostics: ["x"] }), entry("2", { kind: "document" }), entry("3", {})];
    const visible = ["1", "2", "3"];
    expect(suggestion({ visible, byId: new Map(rows), diagnostics: [] })?.id).toBe("1");
    expect(suggestion({ visible: ["2", "3"], byId: new Map(rows), diagnostics: [] })?.id).toBe("2");
    const remark = [{ code: "x", severity: "info", title: "", count: 1, lastExchange: "1" }];
    expect(suggestion({ visible, byId: new Map(rows), diagnostics: remark })?.id).toBe("2");
    expect(suggestion({ visible: ["3"], byId: new Map(rows), diagnostics: [] })).toBeNull();
  });
});
