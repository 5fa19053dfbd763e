import { describe, expect, it } from "vitest";
import { contrast, palette, parseHex, readable } from "./color";
import { tenantColors } from "./tenants";
import { surfaces } from "./theme";

function hue(hex: string): number {
  const [r, g, b] = parseHex(hex);
  return (Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180) / Math.PI;
}

const difficult = [...palette, "#ffff00", "#0000ff", "#000000", "#ffffff", "#808080", "#7fff00"];

describe("readable", () => {
  it("reaches 4.5 on every surface and leaves a colour that holds as it is", () => {
    for (const { panel, raised } of Object.values(surfaces))
      for (const background of [panel, raised])
        for (const color of difficult) expect(contrast(readable(color, background), background)).toBeGreaterThanOrEqual(4.5);
    expect(readable("#ffc53d", "#151517")).toBe("#ffc53d");
  });

  it("keeps the hue", () => {
    for (const color of palette) {
      const turned = Math.abs(hue(color) - hue(readable(color, "#ffffff")));
      expect(Math.min(turned, 360 - turned)).toBeLessThan(24);
    }
  });
});

describe("tenantColors", () => {
  it("can be read on its own tint and on the panel, in both themes", () => {
    for (const theme of ["dark", "light"] as const)
      for (const color of difficult) {
        const { text, tint } = tenantColors(color, theme);
        expect(contrast(text, tint)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(text, surfaces[theme].panel)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(text, surfaces[theme].raised)).toBeGreaterThanOrEqual(4.5);
      }
  });
});
