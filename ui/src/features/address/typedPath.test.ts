import { expect, it } from "vitest";
import { typedPath } from "./typedPath";

it("makes a path of what was typed, and takes it out of an address that was pasted", () => {
  expect(typedPath("/products/42?x=1#a")).toBe("/products/42?x=1#a");
  expect(typedPath(" products ")).toBe("/products");
  expect(typedPath("")).toBe("/");
  expect(typedPath("http://acme---main.tripledash.localhost:7333/cart?step=2")).toBe("/cart?step=2");
  expect(typedPath("http://main.tripledash.localhost:7333/houston/events?day=1", ["", "/chicago", "/houston"])).toBe("/events?day=1");
  expect(typedPath("http://main.tripledash.localhost:7333/films", ["/houston"])).toBe("/films");
  expect(typedPath("/houston/events", ["/houston"])).toBe("/houston/events"); // typed, it is meant so
  expect(typedPath("http://[broken/")).toBe("/http://[broken/");
});
