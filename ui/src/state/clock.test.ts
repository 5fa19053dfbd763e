import { describe, expect, it } from "vitest";
import { ago, since } from "./clock";

const now = Date.parse("2026-06-15T12:00:00Z");
const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
const shown = (minutes: number) => ago(before(minutes), now).replace("\u202f", " ");

describe("ago", () => {
  it("takes the unit that says it shortest", () => {
    const hour = 60;
    const day = 24 * hour;
    expect([0.5, 1, 59, hour, 23 * hour, day, 13 * day, 14 * day, 62 * day, 64 * day, 729 * day, 800 * day].map(shown)).toEqual([
      "now", "1 min", "59 min", "1 h", "23 h", "1 d", "13 d", "2 wk", "8 wk", "2 mo", "23 mo", "2 y",
    ]);
  });
  it("says nothing of what is no time, and now of a clock that is ahead", () => {
    expect(ago(null, now)).toBe("");
    expect(ago("soon", now)).toBe("");
    expect(ago(before(-90), now)).toBe("now");
    expect(since(before(0), now)).toBe("just now");
    expect(since(null, now)).toBe("");
  });
});
