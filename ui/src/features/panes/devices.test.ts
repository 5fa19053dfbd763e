import { describe, expect, it } from "vitest";
import { deviceOf, fit } from "./devices";

const room = { width: 400, height: 300 };

describe("fit", () => {
  it("makes the pane itself the viewport", () => {
    expect(fit(deviceOf("pane"), null, room)).toEqual({ viewport: room, scale: 1, left: 0, top: 0 });
  });

  it("draws a pane narrower than any phone smaller instead", () => {
    expect(fit(deviceOf("pane"), null, { width: 280, height: 350 })).toMatchObject({ viewport: { width: 320, height: 400 }, scale: 0.875 });
  });

  it("gives the page more room when it is zoomed out", () => {
    expect(fit(deviceOf("pane"), 0.5, room).viewport).toEqual({ width: 800, height: 600 });
  });

  it("keeps a device's real viewport, scaled down to fit and centred", () => {
    const { viewport, scale, left, top } = fit(deviceOf("phone"), null, room);
    expect(viewport).toEqual({ width: 390, height: 844 });
    expect(scale).toBeCloseTo(300 / 844);
    expect(top).toBe(0);
    expect(left).toBe(Math.round((400 - 390 * scale) / 2));
  });

  it("never draws a device larger than life by itself", () => {
    expect(fit(deviceOf("phone"), null, { width: 4000, height: 3000 }).scale).toBe(1);
    expect(fit(deviceOf("phone"), 1.5, { width: 4000, height: 3000 }).scale).toBe(1.5);
  });

  it("takes an unknown device for the pane", () => {
    expect(deviceOf("watch").size).toBeNull();
  });
});
