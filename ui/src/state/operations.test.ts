import { describe, expect, it } from "vitest";
import { changed } from "./operations";

describe("changed", () => {
  it("holds only what differs, and a field that was taken out as null", () => {
    const before = { name: "Acme", tags: ["retail"], locale: "en" };
    expect(changed(before, { name: "Acme", tags: ["retail", "eu"], locale: null })).toEqual({ tags: ["retail", "eu"], locale: null });
    expect(changed(before, { ...before })).toEqual({});
    expect(changed({}, { name: null })).toEqual({});
  });
});
