import { describe, expect, it } from "vitest";
import type { JsonObject } from "@/api/types";
import { editsBetween } from "@/state/document";
import { moved } from "@/state/rows";
import { conditionsIn, listed, newCondition, placeOf, ruleForm, ruleOf, rulesOf } from "./rules";

const beta: JsonObject = {
  by: "proxy", source: "/beta/:path*", later: true, destination: null,
  has: [{ type: "cookie", key: "beta", value: "1" }, { type: "host", value: ".*\\.acme\\.dev" }], missing: [{ type: "header", key: "x-stop" }],
};
const tenants: JsonObject = { by: "app", source: "/a", destination: "/{tenant}/a" };
const rules = [tenants, beta, { by: "app", source: "/b" }];

describe("a rule", () => {
  it.each(rules)("stays as it is where nothing is edited: $source", (rule) => expect(ruleOf(rule, ruleForm(rule))).toEqual(rule));

  it("is written without what is empty", () => {
    const form = { ...ruleForm({}), source: " /x ", conditions: [] };
    expect(ruleOf({}, form)).toEqual({ by: "app", source: "/x" });
    expect(ruleOf(beta, { ...ruleForm(beta), conditions: [] })).toEqual({ by: "proxy", source: "/beta/:path*", later: true, destination: null });
    expect(ruleOf(tenants, { ...ruleForm(tenants), destination: " " })).toEqual({ by: "app", source: "/a" });
  });

  it("has conditions that hold and others that must not, each in its list", () => {
    const { conditions } = ruleForm(beta);
    const turned = conditions.map((row) => (row.name === "beta" ? { ...row, must: "missing" as const } : row));
    const added = { ...newCondition(turned), name: "plan", type: "query" as const };
    expect(ruleOf(beta, { ...ruleForm(beta), conditions: [...turned, added] })).toMatchObject({
      has: [{ type: "host", value: ".*\\.acme\\.dev" }, { type: "query", key: "plan" }], missing: [{ type: "cookie", key: "beta", value: "1" }, { type: "header", key: "x-stop" }],
    });
    expect(new Set([...turned, added].map(({ key }) => key)).size).toBe(4);
    expect(conditions.map((row) => placeOf(["rules", 1], conditions, row).slice(2))).toEqual([["has", 0], ["has", 1], ["missing", 0]]);
  });

  it("that looks at the host has no key, and one that stops doing so has one", () => {
    const form = ruleForm(beta);
    const turned = { cookie: { type: "host", value: "a.dev" }, host: { type: "cookie", name: "c", value: "" } } as const;
    const changed = { ...form, conditions: form.conditions.slice(0, 2).map((row) => ({ ...row, ...(row.type === "cookie" ? turned.cookie : turned.host) })) };
    expect(ruleOf(beta, changed)["has"]).toEqual([{ type: "host", value: "a.dev" }, { type: "cookie", key: "c" }]);
  });

  it("says its conditions in short", () => {
    expect(conditionsIn(beta)).toBe("where cookie beta is 1 and host is .*\\.acme\\.dev, not where header x-stop");
    expect(conditionsIn(tenants)).toBe("");
  });
});

describe("rules", () => {
  it("are ordered, and nothing else in the file is touched", () => {
    const touched = editsBetween(["rules"], rules, moved(rules, 1, 1)).map(({ path }) => path[1]);
    expect(new Set(touched)).toEqual(new Set([1, 2]));
  });
  it("leave the file with the last of them", () => {
    expect(listed([])).toBeUndefined();
    expect(rulesOf(undefined)).toEqual([]);
  });
});
