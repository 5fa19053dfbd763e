import { describe, expect, it } from "vitest";
import { isShortcut, shortcutKeys } from "./commands";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", boolean>> = {}) => ({
  key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held,
});

describe("isShortcut", () => {
  it("takes Ctrl, and on macOS Command, for mod", () => {
    expect(isShortcut(press("k", { ctrlKey: true }), "mod+k", false)).toBe(true);
    expect(isShortcut(press("k", { metaKey: true }), "mod+k", false)).toBe(false);
    expect(isShortcut(press("k", { metaKey: true }), "mod+k", true)).toBe(true);
    expect(isShortcut(press("K", { ctrlKey: true, shiftKey: true }), "mod+k", false)).toBe(false);
    expect(isShortcut(press("K", { ctrlKey: true, shiftKey: true }), "mod+shift+k", false)).toBe(true);
  });
  it("does not mind how a layout makes a printed sign", () => {
    expect(isShortcut(press("?", { shiftKey: true }), "?", false)).toBe(true);
    expect(isShortcut(press("/"), "/", false)).toBe(true);
    expect(isShortcut(press("/", { ctrlKey: true }), "/", false)).toBe(false);
  });
});

describe("shortcutKeys", () => {
  it("names keys as the keyboard does", () => {
    expect(shortcutKeys("mod+shift+k", false)).toEqual(["Ctrl", "Shift", "K"]);
    expect(shortcutKeys("mod+k", true)).toEqual(["⌘", "K"]);
  });
});
