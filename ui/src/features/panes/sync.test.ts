import { describe, expect, it } from "vitest";
import type { WorkspaceState } from "@/api/types";
import { ScrollLead } from "./scrollLead";
import { canonical, Holds, mapPath } from "./sync";

const pages: WorkspaceState["pages"] = [
  { name: "Home", path: "/", tenants: {} },
  { name: "Product", path: "/products/42", tenants: { globex: "/products/7" } },
  { name: "Search", path: "/search?q=plane", tenants: { globex: "/find?q=level" } },
];

describe("mapPath", () => {
  it.each([
    ["/about", "acme", "globex", "/about"],
    ["/products/42", "acme", "globex", "/products/7"],
    ["/products/7", "globex", "acme", "/products/42"],
    ["/products/42/?ref=1#top", "acme", "globex", "/products/7?ref=1#top"],
    ["/products/42", "globex", "acme", "/products/42"],
    ["/products/421", "acme", "globex", "/products/421"],
    ["/search?q=plane&page=2", "acme", "globex", "/find?q=level&page=2"],
    ["/search?q=other", "acme", "globex", "/search?q=other"],
    ["/products/7", "globex", null, "/products/42"],
    ["/products/7", "globex", "globex", "/products/7"],
  ])("%s of %s is for %s %s", (path, from, to, mapped) => {
    expect(mapPath(path, from, to, pages)).toBe(mapped);
  });

  it("names the page that all share", () => {
    expect(canonical("/products/7", "globex", pages)).toEqual({ path: "/products/42", page: "Product" });
    expect(canonical("/products/7?x=1", "globex", pages)).toEqual({ path: "/products/42?x=1", page: null });
    expect(canonical("/about", "globex", pages)).toEqual({ path: "/about", page: null });
  });
});

describe("holds", () => {
  it("takes a pane's own move for a person's", () => {
    expect(new Holds().isOurs("a", 0)).toBe(false);
  });

  it("takes what follows a command for ours until the pane has settled", () => {
    const holds = new Holds();
    holds.hold("a", 0);
    expect(holds.isOurs("a", 5_000)).toBe(true);
    expect(holds.arrive("a", 6_000)).toBe(true);
    expect(holds.isOurs("a", 6_500)).toBe(true);
    expect(holds.isOurs("a", 8_000)).toBe(false);
    expect(holds.isOurs("b", 5_000)).toBe(false);
  });

  it("gives a pane to the person who touches it, once it has arrived", () => {
    const holds = new Holds();
    holds.hold("a", 0);
    holds.touch("a");
    expect(holds.arrive("a", 100)).toBe(true);
    holds.touch("a");
    expect(holds.isOurs("a", 200)).toBe(false);
    expect(holds.arrive("a", 300)).toBe(false);
  });

  it("does not hold for ever a pane that never arrives", () => {
    const holds = new Holds();
    holds.hold("a", 0);
    expect(holds.arrive("a", 60_000)).toBe(false);
    expect(holds.isOurs("a", 60_000)).toBe(false);
  });
});

describe("scroll lead", () => {
  it("follows one pane at a time and lets another take over when it rests", () => {
    const lead = new ScrollLead();
    expect(lead.take("a", 0)).toBe(true);
    expect(lead.take("b", 50)).toBe(false);
    expect(lead.take("a", 100)).toBe(true);
    expect(lead.take("b", 300)).toBe(false);
    expect(lead.take("b", 351)).toBe(true);
    expect(lead.take("a", 352)).toBe(false);
  });
});
