import { describe, expect, it } from "vitest";
import type { Json } from "@/api/types";
import { editsBetween } from "@/state/document";
import { moved } from "@/state/rows";
import { addressesOf, newPart, sample, withAddresses } from "./addresses";

const plain: Json = { name: "a", previews: [] };
const inPath: Json = { name: "a", prefix: ["tenant", "locale"], tenancy: { kind: "path" } };
const files: Json[] = [
  plain, inPath, { prefix: [], tenancy: { kind: "host" } }, { prefix: ["tenant"] },
];
const shown = (parts: string[], tenancy: "host" | "path") => sample(parts, tenancy, { tenant: "acme", preview: "main", base: "tripledash.localhost" }).map(({ text }) => text).join("");

describe("name and addresses", () => {
  it.each(files)("stay as they are where nothing is edited: %j", (file) => expect(withAddresses(file, addressesOf(file))).toEqual(file));

  it("are edited one by one", () => {
    const edits = (file: Json, change: object) => editsBetween([], file, withAddresses(file, { ...addressesOf(file), ...change }));
    expect(edits(plain, { name: " b " })).toEqual([{ path: ["name"], before: "a", after: "b" }]);
    expect(edits(plain, { tenancy: "path" })).toEqual([{ path: ["tenancy"], after: { kind: "path" } }]);
    expect(edits(inPath, { tenancy: "host" })).toEqual([{ path: ["tenancy"], before: { kind: "path" } }]);
    expect(edits(plain, { parts: [] })).toEqual([{ path: ["prefix"], after: [] }]);
    expect(edits(inPath, { parts: moved(addressesOf(inPath).parts, 1, -1) })).toEqual([
      { path: ["prefix", 0], before: "tenant", after: "locale" }, { path: ["prefix", 1], before: "locale", after: "tenant" },
    ]);
  });

  it("show what an address will be", () => {
    expect(shown(["tenant"], "host")).toBe("acme---main.tripledash.localhost/events");
    expect(shown(["tenant", " locale", ""], "host")).toBe("acme---locale---…---main.tripledash.localhost/events");
    expect(shown([], "host")).toBe("main.tripledash.localhost/events");
    expect(shown(["tenant"], "path")).toBe("main.tripledash.localhost/acme/events");
    expect(shown([], "path")).toBe("main.tripledash.localhost/events");
  });

  it("begin a new part with the tenant where none is named so", () => {
    expect(newPart([])).toEqual({ key: 0, name: "tenant" });
    expect(newPart([{ key: 4, name: "tenant" }])).toEqual({ key: 5, name: "" });
  });
});
