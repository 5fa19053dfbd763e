import { expect, it } from "vitest";
import { moved, movedBy, nextKey } from "./rows";

it("a row moves up and down, and not out of the list", () => {
  const rows = ["a", "b", "c"];
  expect(moved(rows, 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(rows, 1, -1)).toEqual(["b", "a", "c"]);
  expect(moved(rows, 0, -1)).toEqual(rows);
  expect(moved(rows, 2, 1)).toEqual(rows);
});

it("a new row has a key of its own, also where others were taken out", () => {
  expect(nextKey([])).toBe(0);
  expect(nextKey([{ key: 4 }, { key: 1 }])).toBe(5);
});

it("only Alt with an arrow up or down moves", () => {
  expect(movedBy({ altKey: true, key: "ArrowUp" })).toBe(-1);
  expect(movedBy({ altKey: true, key: "ArrowDown" })).toBe(1);
  expect(movedBy({ altKey: true, key: "ArrowLeft" })).toBeNull();
  expect(movedBy({ altKey: false, key: "ArrowUp" })).toBeNull();
});
