import { describe, expect, it } from "vitest";
import type { Json } from "@/api/types";
import { sampleTenant } from "@/state/samples";
import { tenantsFrom, tenantsIn, words } from "./tenantsFrom";

const places: Json[] = [
  [{ id: "acme" }], { file: "tenants.csv" }, { url: "https://api.acme.dev/tenants", headers: { authorization: "Bearer ${env:KEY}" }, refresh: "5m" },
  { command: ["node", "scripts/list tenants.js"], refresh: "2h" },
];

describe("where tenants are listed", () => {
  it.each(places)("stays as it is where nothing is edited: %j", (place) => {
    expect(tenantsIn(place, tenantsFrom(place), [])).toEqual(place);
  });

  it("moves elsewhere, and takes nothing along that does not belong there", () => {
    const form = { ...tenantsFrom(places[2]), file: " t.csv ", command: " node\n\n list.js ", from: "file" as const };
    expect(tenantsIn(places[2], form, [])).toEqual({ file: "t.csv" });
    expect(tenantsIn(places[2], { ...form, from: "command", refresh: "" }, [])).toEqual({ command: ["node", "list.js"] });
  });

  it("comes back with the tenants that were listed", () => {
    const acme = sampleTenant("acme", { name: "Acme", domains: ["acme.com"], locale: "en" });
    expect(tenantsIn(places[1], { ...tenantsFrom(places[1]), from: "here" }, [acme, sampleTenant("beta")])).toEqual([
      { id: "acme", name: "Acme", color: "#e5484d", domains: ["acme.com"], locale: "en" }, { id: "beta", color: "#e5484d" },
    ]);
  });

  it("reads a command as words, one a line", () => expect(words("node\nscripts/a b.js\n")).toEqual(["node", "scripts/a b.js"]));
});
