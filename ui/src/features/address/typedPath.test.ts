import { expect, it } from "vitest";
import { typedPath } from "./typedPath";

it("makes a path of what was typed, and takes it out of an address that was pasted", () => {
  expect(typedPath("/products/42?x=1#a")).toBe("/products/42?x=1#a");
  expect(typedPath(" products ")).toBe("/products");
  expect(typedPath("")).toBe("/");
  expect(typedPath("http://acme---main.tripledash.localhost:7333/cart?step=2")).toBe("/cart?step=2");
  expect(typedPath("http://[broken/")).toBe("/http://[broken/");
});
