import { describe, expect, it } from "vitest";
import { panesOf } from "@/state/selection";
import { GAP, layout, READABLE_WIDTH, rowsOf, steadyOrder } from "./layout";

const choose = (tenants: string[], previews: string[], sessions: Record<string, string[]> = {}) => panesOf({ tenants, previews, sessions });
const keys = (rows: ReturnType<typeof rowsOf>) => rows.map((row) => row.map((pane) => pane?.key ?? null));

describe("rows", () => {
  it("keeps tenants of one preview in one run while they are readable", () => {
    expect(keys(rowsOf(choose(["a", "b", "c"], ["main"]), { width: 1000, height: 500 }))).toEqual([["a|main|", "b|main|", "c|main|"]]);
  });

  it("puts previews in rows and tenants, each with its sessions, in columns when both are many", () => {
    expect(keys(rowsOf(choose(["a", "b"], ["main", "next"], { a: ["admin"] }), { width: 2000, height: 900 }))).toEqual([
      ["a|main|", "a|main|admin", "b|main|"],
      ["a|next|", "a|next|admin", "b|next|"],
    ]);
  });

  it("breaks a long run into rows only where the rows stay readable", () => {
    const many = choose(["a", "b", "c", "d", "e", "f"], ["main"]);
    expect(rowsOf(many, { width: 1000, height: 300 })).toHaveLength(1);
    expect(rowsOf(many, { width: 1000, height: 600 }).map((row) => row.length)).toEqual([3, 3]);
  });
});

describe("layout", () => {
  const room = { width: 1000, height: 480 };

  it("shares the width without a gap at the edges", () => {
    const { places, content } = layout(choose(["a", "b"], ["main"]), room, null);
    expect(places.get("a|main|")).toEqual({ left: 0, top: 0, width: 495, height: 480, role: "full" });
    expect(places.get("b|main|")?.left).toBe(495 + GAP);
    expect(content).toEqual({ width: 1000, height: 480 });
  });

  it("scrolls sideways before a pane is too narrow to be read", () => {
    const { places, content } = layout(choose(["a", "b", "c", "d", "e"], ["main"]), room, null);
    for (const place of places.values()) expect(place.width).toBeGreaterThanOrEqual(READABLE_WIDTH);
    expect(content.width).toBeGreaterThan(room.width);
  });

  it("shows one pane large and the others as pictures of its shape", () => {
    const { places } = layout(choose(["a", "b", "c"], ["main"]), room, "b|main|");
    expect(places.get("b|main|")).toMatchObject({ role: "full", height: 480, left: 0 });
    expect(places.get("a|main|")).toMatchObject({ role: "strip", top: 0 });
    expect(places.get("c|main|")?.top).toBeGreaterThan(0);
  });

  it("forgets a focus on a pane that is gone", () => {
    expect([...layout(choose(["a", "b"], ["main"]), room, "z|main|").places.values()].every(({ role }) => role === "full")).toBe(true);
  });

  it("never places two panes over each other", () => {
    for (const focused of [null, "b|next|"]) {
      const places = [...layout(choose(["a", "b", "c", "d"], ["main", "next"], { d: ["x"] }), room, focused).places.values()];
      expect(places).toHaveLength(10);
      places.forEach((one, at) =>
        places.slice(at + 1).forEach((other) => {
          const apart =
            one.left + one.width <= other.left || other.left + other.width <= one.left ||
            one.top + one.height <= other.top || other.top + other.height <= one.top;
          expect(apart).toBe(true);
        }),
      );
    }
  });
});

describe("steady order", () => {
  it("keeps what stays in place, as the same objects, and adds what is new at the end", () => {
    const before = choose(["a", "b", "c"], ["main"]);
    const after = steadyOrder(before, choose(["d", "c", "a"], ["main"]));
    expect(after.map(({ tenant }) => tenant)).toEqual(["a", "c", "d"]);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[2]);
  });
});
