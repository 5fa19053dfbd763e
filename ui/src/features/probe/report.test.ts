import { describe, expect, test } from "vitest";
import type { ProbeCell, ProbeRow, ProbeVerdict } from "@/api/types";
import { adviceOf, foundInShort, formOf, lineOf, toWrite } from "./report";

const cell = (tenant: string | null, host: string, status: number | null, more: Partial<ProbeCell> = {}): ProbeCell => ({ tenant, host, status, madeUp: false, seen: "", ...more });
const row = (more: Partial<ProbeRow>): ProbeRow => ({ kind: "first-label", host: "{tenant}.localhost:{port}", grade: "right", reason: "the app rewrites to /acme", answers: [], ...more });
const verdict = (kind: ProbeVerdict["kind"], more: Partial<ProbeVerdict> = {}): ProbeVerdict => ({ kind, sure: true, message: "", reasons: [], choices: [], ...more });

describe("a form in the table", () => {
  test("is shown as it was sent, and a tenant that was made up is told apart", () => {
    const answers = [
      cell("acme", "acme.localhost:3000", 200, { rewrite: "/acme/" }), cell("globex", "globex.localhost:3000", 200), cell("no-such", "no-such.localhost:3000", 404, { madeUp: true }),
    ];
    expect(formOf(row({ answers }))).toMatchObject({
      sent: "acme.localhost:3000", line: "{tenant}.localhost:{port}", status: "200", madeUp: "404", rewrite: "/acme/", seen: "The app rewrites to /acme.", verdict: "Understood", tone: "ok",
    });
  });

  test("statuses that differ stand side by side, and a request as nobody is none of them", () => {
    const answers = [cell("acme", "a", 200), cell("globex", "b", 307), cell(null, "c", 500)];
    expect(formOf(row({ answers })).status).toBe("200, 307");
  });

  test("what was not asked is not what gave no answer", () => {
    expect(formOf(row({ grade: "untried" }))).toMatchObject({ verdict: "Not asked", sent: "{tenant}.localhost:{port}", status: "" });
    expect(formOf(row({ grade: "untried", answers: [cell("acme", "a", null)] }))).toMatchObject({ verdict: "No answer", tone: "warn" });
  });

  test("the path is a control, until it is the verdict", () => {
    const path = row({ kind: "path", host: "127.0.0.1:3000", grade: null });
    expect(formOf(path, "unread").verdict).toBe("To compare");
    expect(formOf(path, "path").verdict).toBe("Understood");
  });
});

test("what is written follows the verdict; of several, none before one is chosen", () => {
  expect(toWrite(verdict("write", { host: "{tenant}.x" }), undefined)).toBe("{tenant}.x");
  expect(toWrite(verdict("leave-out"), undefined)).toBeNull();
  const several = verdict("ambiguous", { choices: [null, "{tenant}.x"] });
  expect(toWrite(several, undefined)).toBeUndefined();
  expect(toWrite(several, null)).toBeNull();
  expect(toWrite(several, "{tenant}.x")).toBe("{tenant}.x");
  for (const kind of ["keep", "path", "unread", "not-understood", "no-answer"] as const) expect(toWrite(verdict(kind, { host: "x" }), "y")).toBeUndefined();
});

test("the line to paste is the engine's, the chosen one, or that of the path", () => {
  expect(lineOf({ verdict: verdict("write", { line: '"host": "x"' }) }, undefined)).toBe('"host": "x"');
  expect(lineOf({ verdict: verdict("path", { fix: '"tenancy": { "kind": "path" }' }) }, undefined)).toBe('"tenancy": { "kind": "path" }');
  expect(lineOf({ verdict: verdict("ambiguous") }, '{tenant}."x"')).toBe('"host": "{tenant}.\\"x\\""');
  expect(lineOf({ verdict: verdict("ambiguous") }, null)).toBeNull();
  expect(lineOf({ verdict: verdict("no-answer", { fix: "see to it" }) }, undefined)).toBeNull();
});

test("no advice names an option of the command", () => {
  const fixes = ["probe with a path that every tenant has: --path /about", "try its form: tripledash probe main --host '{tenant}.x'", "probe a page with --path, as --tenant"];
  for (const kind of ["unread", "not-understood", "no-answer"] as const)
    for (const fix of fixes) expect(adviceOf({ verdict: verdict(kind, { fix }) })).toMatch(/^[^-]+\.$/);
  expect(adviceOf({ verdict: verdict("not-understood", { fix: "look into the app's own log" }) })).toBe("Look into the app's own log.");
});

test("in short, nothing is said where all is well", () => {
  expect(foundInShort({ verdict: verdict("keep") })).toBeNull();
  expect(foundInShort({ verdict: verdict("write", { host: "{tenant}.x" }) })).toContain("{tenant}.x");
});
