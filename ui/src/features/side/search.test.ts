import { describe, expect, it } from "vitest";
import type { Tenant } from "@/api/types";
import { findTenants, idOf, tagsOf } from "./search";

const tenant = (id: string, name: string, tags: string[] = [], domains: string[] = []): Tenant => ({
  id, name, color: "#e5484d", domains, locale: null, tags,
});
const tenants = [tenant("acme", "Acme & Sons", ["retail"], ["shop.acme.com"]), tenant("globex", "Globex", ["retail", "eu"]), tenant("in", "Initech")];

describe("findTenants", () => {
  it("finds by name, id and domain, every word, in any case", () => {
    expect(findTenants(tenants, "SONS", []).map(({ id }) => id)).toEqual(["acme"]);
    expect(findTenants(tenants, "shop.acme", []).map(({ id }) => id)).toEqual(["acme"]);
    expect(findTenants(tenants, "acme globex", [])).toEqual([]);
    expect(findTenants(tenants, "  ", [])).toBe(tenants);
  });
  it("narrows by every chosen tag", () => {
    expect(findTenants(tenants, "", ["retail"]).map(({ id }) => id)).toEqual(["acme", "globex"]);
    expect(findTenants(tenants, "", ["retail", "eu"]).map(({ id }) => id)).toEqual(["globex"]);
  });
});

describe("tagsOf", () => {
  it("orders by use", () => expect(tagsOf(tenants)).toEqual(["retail", "eu"]));
});

describe("idOf", () => {
  it("makes a label of a name", () => {
    expect(idOf("Müller & Söhne GmbH")).toBe("muller-sohne-gmbh");
    expect(idOf("  Stark---Goods ")).toBe("stark-goods");
    expect(idOf("Straße")).toBe("strasse");
    expect(idOf("متجر")).toBe("");
  });
});
