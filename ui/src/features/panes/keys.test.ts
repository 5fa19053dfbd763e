import { describe, expect, it, vi } from "vitest";
import { PASSED_ON, runPassedOn } from "./keys";

const ran = vi.hoisted(() => [] as string[]);
vi.mock("@/state/commands", () => ({
  allCommands: () => [
    { shortcut: "mod+k", run: () => ran.push("palette") },
    { shortcut: "mod+l", disabled: "there is no path", run: () => ran.push("path") },
    { shortcut: "mod+z", run: () => ran.push("undo") },
  ],
}));

describe("keys from a pane", () => {
  it("run what only opens something, and never what changes something", () => {
    vi.stubGlobal("window", { focus: () => undefined });
    for (const keys of ["mod+k", "mod+l", "mod+z", "mod+s", "mod+shift+c", "k"]) runPassedOn(keys);
    expect(ran).toEqual(["palette"]);
    expect(PASSED_ON).not.toContain("mod+s");
    vi.unstubAllGlobals();
  });
});
