import { describe, expect, it } from "vitest";
import { sampleBranch, samplePreview, sampleServer } from "@/state/samples";
import { addressName, dirtOf, distanceOf, markOf, stateShort, stateWords } from "./previewState";

const now = Date.parse("2026-01-02T00:00:00Z");
const withServer = (change: Parameters<typeof sampleServer>[0], upstream: string | null = null) => sampleBranch("x", { upstream, server: sampleServer(change) });
const deployed = (state: "queued" | "building" | "ready" | "failed", upstream: string | null) =>
  samplePreview("d", { source: 1, upstream, deployment: { state, url: "https://d.vercel.app", aliases: [], inspector: null, created: "2026-01-01T00:00:00Z", production: false, serving: null } });

describe("markOf", () => {
  it("tells a server's states apart", () => {
    const told = (preview: Parameters<typeof markOf>[0]) => {
      const { tone, hollow, busy } = markOf(preview);
      return [tone, hollow ? "hollow" : "full", busy ? "busy" : "still"].join(" ");
    };
    expect(told(withServer({}))).toBe("plain hollow still");
    expect(told(withServer({ state: "setup" }))).toBe("warn full busy");
    expect(told(withServer({ state: "ready", port: 3001 }, "http://localhost:3001"))).toBe("ok full still");
    expect(told({ ...withServer({ state: "ready", port: 3001 }, "http://localhost:3001"), status: "down" })).toBe("bad hollow still");
    expect(told(withServer({ state: "exited", message: "it ended with code 1" }))).toBe("bad hollow still");
    expect(told(deployed("building", null))).toBe("warn hollow busy");
    expect(told(deployed("failed", null))).toBe("bad hollow still");
    expect(told({ ...deployed("ready", "https://d.vercel.app"), status: "up" })).toBe("ok full still");
  });
  it("says why, where that is known", () => {
    expect(markOf(withServer({ state: "exited", message: "it ended with code 1" })).label).toBe("it ended with code 1");
    expect(markOf(samplePreview("v", { missingVariables: ["TOKEN"] })).label).toBe("needs TOKEN");
    expect(markOf(samplePreview("v", { untrusted: "sends TOKEN to https://a.example", upstream: null })).label).toBe("waits for trust");
    expect(markOf(withServer({ state: "ready", port: 3000, adopted: true }, "http://localhost:3000")).label).toBe("started elsewhere");
  });
});

describe("stateWords", () => {
  it("leaves the reason out", () => {
    expect(stateWords(samplePreview("main", { status: "down", statusReason: "connection refused" }))).toBe("does not answer");
    expect(stateWords(withServer({ state: "failed", message: "it ended with code 1" }))).toBe("did not start");
    expect(stateWords(samplePreview("main", { missingVariables: ["TOKEN"], status: "down" }))).toBe("needs TOKEN");
  });
});

describe("stateShort", () => {
  it("is the port, the state or the age", () => {
    const shown = (preview: Parameters<typeof stateShort>[0]) => stateShort(preview, now).text.replace("\u202f", " ");
    expect(shown(withServer({ state: "ready", port: 3001 }, "http://localhost:3001"))).toBe(":3001");
    expect(shown(withServer({ state: "starting" }))).toBe("starting…");
    expect(shown(sampleBranch("x", { commit: { id: "a", subject: "s", author: null, at: "2026-01-01T12:00:00Z" } }))).toBe("12 h");
    expect(shown(samplePreview("main"))).toBe(":3000");
    expect(shown(deployed("building", null))).toBe("building");
    expect(shown(deployed("ready", "https://d.vercel.app"))).toBe("1 d");
  });
});

describe("the marks of a branch", () => {
  it("count what is ahead, behind and not committed", () => {
    const distance = { upstream: "origin/x", ahead: 2, behind: 1, gone: false };
    expect(distanceOf(sampleBranch("x", { distance }))).toEqual({ text: "↑2 ↓1", label: "2 ahead of and 1 behind origin/x" });
    expect(distanceOf(sampleBranch("x", { distance: { ...distance, ahead: null, behind: 0 } }))).toBeNull();
    expect(distanceOf(sampleBranch("x", { distance: { ...distance, gone: true } }))?.text).toBe("gone");
    const checkout = { folder: "/w", workingCopy: true, changed: 2, untracked: 1 };
    expect(dirtOf(sampleBranch("x", { checkout }))).toEqual({ text: "±3", label: "2 changed and 1 new files, not committed" });
    expect(dirtOf(sampleBranch("x", { checkout: { ...checkout, changed: null, untracked: null } }))).toBeNull();
  });
  it("name what stands in addresses only where the branch does not tell", () => {
    expect(addressName(sampleBranch("feature-new", { branch: "feature/new" }))).toBeNull();
    expect(addressName(sampleBranch("feature-new-7yn83r", { branch: "Feature/new" }))).toBe("feature-new-7yn83r");
  });
});
