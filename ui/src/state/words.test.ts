import { expect, it } from "vitest";
import { sentence } from "./words";

it("makes a sentence, and leaves names and paths as they are", () => {
  expect(sentence("the label is 3 octets too long")).toBe("The label is 3 octets too long.");
  expect(sentence("tripledash.json is no JSON")).toBe("tripledash.json is no JSON.");
  expect(sentence("/srv/app has no workspace")).toBe("/srv/app has no workspace.");
  expect(sentence("Trying again…")).toBe("Trying again…");
  expect(sentence(" ")).toBe("");
});
