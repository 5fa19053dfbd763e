import { expect, it } from "vitest";
import { joined, namesTenant, within } from "./tenancy";

it("takes a tenant's segments off a path, and leaves what is another's", () => {
  expect(within("/houston/events?day=1#a", "/houston")).toBe("/events?day=1#a");
  expect(within("/houston", "/houston")).toBe("/");
  expect(within("/houston/", "/houston")).toBe("/");
  expect(within("/houston?day=1", "/houston")).toBe("/?day=1");
  expect(within("/houston#a", "/houston")).toBe("/#a");
  expect(within("/chicago/events", "/houston")).toBeNull();
  expect(within("/houstonians", "/houston")).toBeNull();
  expect(within("/", "/houston")).toBeNull();
  expect(within("/us/houston/x", "/us/houston")).toBe("/x");
  expect(within("/houston/events", "")).toBe("/houston/events");
});

it("puts them back as they were", () => {
  for (const path of ["/", "/?day=1", "/#a", "/events", "/events?day=1#a", "//x", "/houston"]) {
    expect(within(joined("/houston", path), "/houston")).toBe(path);
    expect(joined("", path)).toBe(path);
  }
  expect(joined("/houston", "/")).toBe("/houston");
});

it("knows a tenant's path where the tenants are in the path", () => {
  const tenants = [{ id: "houston", name: "Houston", color: "#000000", domains: [], locale: null, tags: [] }];
  const workspace = { tenancy: "path", prefix: ["tenant"], tenants } as const;
  const known = { ...workspace, prefix: [...workspace.prefix] };
  expect(namesTenant("/houston?x", known)).toBe(true);
  expect(namesTenant("/houstonians", known)).toBe(false);
  expect(namesTenant("/films/houston", known)).toBe(false);
  expect(namesTenant("/us/houston", { ...known, prefix: ["country", "tenant"] })).toBe(true);
  expect(namesTenant("/houston", { ...known, tenancy: "host" })).toBe(false);
  expect(namesTenant("/houston", null)).toBe(false);
});
