import { describe, expect, it } from "vitest";
import type { FileEdit, Json } from "@/api/types";
import { editsBetween, isObject, same, spelled, valueAt, withFields } from "./document";

/** What the engine does with edits. */
function made(document: Json, edits: readonly FileEdit[]): Json {
  const copy = structuredClone(document);
  for (const { path, before, after } of edits) {
    const last = path.at(-1) ?? "";
    const parent = valueAt(copy, path.slice(0, -1));
    expect(same(valueAt(copy, path), before)).toBe(true);
    if (Array.isArray(parent)) {
      expect(Number(last)).toBeLessThanOrEqual(parent.length);
      parent.splice(Number(last), 1, ...(after === undefined ? [] : [after]));
    } else if (isObject(parent)) {
      if (after === undefined) Reflect.deleteProperty(parent, last);
      else parent[last] = after;
    } else expect.unreachable(`nothing at ${spelled(path)}`);
  }
  return copy;
}

const home = { name: "Home", path: "/" };
const cart = { name: "Cart", path: "/cart", tenants: { acme: "/basket" } };
const about = { name: "About", path: "/about" };

describe("editsBetween", () => {
  it("edits only what differs", () => {
    expect(editsBetween(["pages"], [home, cart], [home, { ...cart, tenants: { acme: "/bag" } }])).toEqual([
      { path: ["pages", 1, "tenants", "acme"], before: "/basket", after: "/bag" },
    ]);
    expect(editsBetween(["pages"], [home, cart], [home, cart])).toEqual([]);
    expect(editsBetween(["previews", 0], { name: "a", tls: { insecure: true } }, { name: "a" })).toEqual([
      { path: ["previews", 0, "tls"], before: { insecure: true } },
    ]);
  });

  it("tells null from nothing", () => {
    expect(editsBetween(["tenants"], { acme: null }, {})).toEqual([{ path: ["tenants", "acme"], before: null }]);
    expect(editsBetween(["tenants"], {}, { acme: null })).toEqual([{ path: ["tenants", "acme"], after: null }]);
    expect(editsBetween(["pages"], undefined, [])).toEqual([{ path: ["pages"], after: [] }]);
  });

  it("takes one out of a list without touching the others, and adds at the end", () => {
    expect(editsBetween(["pages"], [home, cart, about], [cart, about])).toEqual([{ path: ["pages", 0], before: home }]);
    expect(editsBetween(["pages"], [home], [home, cart])).toEqual([{ path: ["pages", 1], after: cart }]);
  });

  it("puts a moved element in its place whole", () => {
    expect(editsBetween(["pages"], [home, cart], [cart, home])).toEqual([
      { path: ["pages", 0], before: home, after: cart },
      { path: ["pages", 1], before: cart, after: home },
    ]);
  });

  const lists: Json[][] = [[], [home], [home, cart, about], [about, home], [cart, { ...home, path: "/start" }], [about, cart, home, 3], ["a", "b"], ["b", "a", "a"]];
  const pairs = lists.flatMap((before) => lists.map((after): [Json[], Json[]] => [before, after]));
  it.each(pairs)("makes the one of the other: %j to %j", (before, after) => {
    expect(made({ pages: before }, editsBetween(["pages"], before, after))).toEqual({ pages: after });
  });
});

it("withFields sets and takes out, and leaves what it does not know", () => {
  const before = { name: "main", later: "", host: "a", headers: { x: "1" } };
  expect(withFields(before, { host: "", headers: {}, timeout: 30, tenants: { acme: null }, branches: [] })).toEqual({
    name: "main", later: "", timeout: 30, tenants: { acme: null },
  });
});

it("spells a place as the engine does", () => {
  expect(spelled(["previews", 1, "tenants", "acme", "id"])).toBe("previews[1].tenants.acme.id");
  expect(spelled(["pages"])).toBe("pages");
});

it("finds what stands at a place", () => {
  const document = { pages: [home], toString: 1 };
  expect(valueAt(document, ["pages", 0, "path"])).toBe("/");
  expect(valueAt({ pages: [home] }, ["constructor"])).toBeUndefined();
  expect(valueAt(document, ["pages", "path"])).toBeUndefined();
  expect(valueAt(undefined, ["pages"])).toBeUndefined();
});
