import { describe, expect, it } from "vitest";
import { detailsOf, joined, listOf, twice, withDetails } from "./details";

const file = {
  name: "main", upstream: "http://localhost:3000", headers: { "x-bypass": "${env:SECRET}" },
  tenants: { acme: { id: "acme-prod" }, beta: null }, tls: { ca: "dev.pem", insecure: false }, timeout: 300, later: true,
};

describe("details", () => {
  it("stay as they are where nothing is edited", () => {
    expect(withDetails(file, detailsOf(file))).toEqual(file);
    expect(withDetails({ name: "a" }, detailsOf({ name: "a" }))).toEqual({ name: "a" });
  });

  it("go out of the file when they are emptied", () => {
    const none = { headers: [{ key: 0, name: " ", value: "" }], tenants: [], ca: "", insecure: false, timeout: " " };
    expect(withDetails({ ...file, tls: { ca: "dev.pem" } }, none)).toEqual({ name: "main", upstream: "http://localhost:3000", later: true });
  });

  it("are written as the file has them", () => {
    const details = { headers: [{ key: 0, name: " x-a ", value: "1" }], tenants: [["acme", "acme-eu"], ["beta", null]] as [string, string | null][], ca: "", insecure: true, timeout: "30" };
    expect(withDetails({}, details)).toEqual({ headers: { "x-a": "1" }, tenants: { acme: { id: "acme-eu" }, beta: null }, tls: { insecure: true }, timeout: 30 });
    expect(withDetails({}, { ...details, timeout: "5m" })["timeout"]).toBe("5m");
  });

  it("name each header once, in any case", () => {
    const row = (name: string, key: number) => ({ key, name, value: "" });
    expect(twice([row("X-A", 0), row("x-b", 1), row("x-a ", 2)])).toBe("x-a");
    expect(twice([row("", 0), row("", 1), row("x-b", 2)])).toBeNull();
  });

  it("read lists", () => {
    expect(listOf(" main, release/*,\n ")).toEqual(["main", "release/*"]);
    expect(joined(["main", "release/*"])).toBe("main, release/*");
  });
});
