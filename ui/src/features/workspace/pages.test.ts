import { describe, expect, it } from "vitest";
import type { JsonObject } from "@/api/types";
import { editsBetween } from "@/state/document";
import { newPage, pagesOf, rowsOf } from "./pages";

const file: JsonObject[] = [{ name: "Home", path: "/" }, { name: "Product", path: "/products/42", tenants: { globex: "/products/7" } }];

describe("pages", () => {
  it("stay as they are where nothing is edited", () => {
    expect(pagesOf(rowsOf(file))).toEqual(file);
    expect(pagesOf(rowsOf(undefined))).toBeUndefined();
  });

  it("are edited in place, and keep what the window does not know", () => {
    const rows = rowsOf([{ ...file[1], later: true }]).map((row) => ({ ...row, name: " Item ", tenants: [] }));
    expect(pagesOf(rows)).toEqual([{ name: "Item", path: "/products/42", later: true }]);
  });

  it("are added at the end, and one that was never named is not", () => {
    const rows = rowsOf(file);
    const added = { ...newPage(rows, "/cart"), name: "Cart" };
    expect(new Set([...rows, added].map(({ key }) => key)).size).toBe(3);
    const edits = editsBetween(["pages"], file, pagesOf([...rows, added, newPage([...rows, added], "/about")]));
    expect(edits).toEqual([{ path: ["pages", 2], after: { name: "Cart", path: "/cart" } }]);
  });

  it("leave the file with the last of them", () => {
    expect(editsBetween(["pages"], file, pagesOf([]))).toEqual([{ path: ["pages"], before: file }]);
  });
});
