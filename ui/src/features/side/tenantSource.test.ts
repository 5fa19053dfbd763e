import { describe, expect, it } from "vitest";
import { sampleWorkspace } from "@/state/samples";
import { listedIn, whyNotHere } from "./tenantSource";

const list = (kind: "workspace" | "file" | "url" | "command", text: string) => ({ ...sampleWorkspace().tenantList, kind, text });

describe("where tenants are listed", () => {
  it("is said short", () => {
    expect(listedIn(list("file", "lists/tenants.csv"))).toBe("tenants.csv");
    expect(listedIn(list("file", "lists\\tenants.csv"))).toBe("tenants.csv");
    expect(listedIn(list("url", "https://api.shop.example/tenants?state=on"))).toBe("api.shop.example/tenants");
    expect(listedIn(list("command", "node tenants.js --all"))).toBe("node tenants.js --all");
  });
  it("is where they are edited: here only what the workspace's own file lists", () => {
    expect(whyNotHere(list("workspace", ""))).toBeNull();
    expect(whyNotHere(undefined)).toBeNull();
    expect(whyNotHere(list("file", "tenants.csv"))).toBe("Listed in tenants.csv: edit them there");
    expect(whyNotHere(list("url", "https://api.shop.example/tenants"))).toBe("Listed at api.shop.example/tenants: edit them there");
  });
});
