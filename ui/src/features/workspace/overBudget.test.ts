import { expect, test } from "vitest";
import { summary, tenantsOver } from "./overBudget";

const one = { preview: "main", count: 1, tenants: ["a-long-one"], over: 3, fix: null };

test("what does not fit is said in one line", () => {
  expect(summary(undefined)).toBeNull();
  expect(summary({ count: 0, previews: [] })).toBeNull();
  expect(summary({ count: 1, previews: [one] })).toBe("main is too long for 1 tenant");
  expect(summary({ count: 1, previews: [{ ...one, count: 1200 }] })).toBe("main is too long for 1,200 tenants");
  expect(summary({ count: 40, previews: [one, { ...one, preview: "b" }] })).toBe("40 previews are too long for some tenants");
});

test("each tenant is over by its own length", () => {
  expect(tenantsOver({ ...one, tenants: ["abcdef", "abcd"], over: 3 })).toEqual([{ id: "abcdef", over: 3 }, { id: "abcd", over: 1 }]);
});
