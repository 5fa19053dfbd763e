import { describe, expect, it } from "vitest";
import type { ExchangeRow } from "@/api/types";
import { fromSnapshot } from "@/state/exchanges";
import { panesOf } from "@/state/selection";
import { factsOf, issuesFilter } from "./facts";

let id = 0;
function row(change: Partial<ExchangeRow>): { row: ExchangeRow; matches: boolean } {
  id += 1;
  return {
    matches: true,
    row: {
      id: String(id), startedAt: "2026-01-01T00:00:00Z", tenant: "acme", preview: "main", session: null, kind: "document",
      method: "GET", path: "/", rewrittenTo: null, status: 200, durationUs: 1000, responseBytes: 1, state: "done", diagnostics: [], ...change,
    },
  };
}

const none = { stats: { kept: 0, seen: 0, dropped: 0, bytes: 0 }, diagnostics: [] };
const factsFor = (rows: ReturnType<typeof row>[], tenants = ["acme"]) =>
  factsOf(panesOf({ tenants, previews: ["main"], sessions: {} }), fromSnapshot({ items: rows, ...none }));

describe("facts of a pane", () => {
  it("are those of its newest page load and what was found since", () => {
    const facts = factsFor([
      row({ diagnostics: ["old"] }),
      row({ status: 500, durationUs: 7, diagnostics: ["a"] }),
      row({ kind: "asset", status: 404, diagnostics: ["b", "a"] }),
    ]);
    expect(facts.get("acme|main|")).toEqual({ status: 500, durationUs: 7, issues: 2 });
  });

  it("count the redirects that led to the page", () => {
    const facts = factsFor([row({ diagnostics: ["old"] }), row({ status: 307, diagnostics: ["leaves"] }), row({})]);
    expect(facts.get("acme|main|")).toMatchObject({ status: 200, issues: 1 });
  });

  it("leave mere remarks out of the issues", () => {
    const remark = { code: "cookie", severity: "info", title: "", count: 1, lastExchange: "1" };
    const exchanges = fromSnapshot({ items: [row({ diagnostics: ["cookie", "real"] })], stats: none.stats, diagnostics: [remark] });
    expect(factsOf(panesOf({ tenants: ["acme"], previews: ["main"], sessions: {} }), exchanges).get("acme|main|")?.issues).toBe(1);
  });

  it("do not mix tenants or sessions", () => {
    const facts = factsFor([row({ session: "admin", diagnostics: ["a"] }), row({ tenant: "globex", status: 404 })], ["acme", "globex"]);
    expect(facts.get("acme|main|")).toEqual({ status: null, durationUs: null, issues: 0 });
    expect(facts.get("globex|main|")).toMatchObject({ status: 404 });
  });
});

it("filters by everything that names the pane", () => {
  expect(issuesFilter({ key: "", tenant: "acme", preview: "main", session: "admin" })).toBe("tenant:acme preview:main is:diagnosed session:admin");
  expect(issuesFilter({ key: "", tenant: null, preview: "main", session: null })).toBe("preview:main is:diagnosed");
});
