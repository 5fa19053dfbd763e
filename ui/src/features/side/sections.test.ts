import { describe, expect, it } from "vitest";
import { sampleBranch, samplePreview, sampleServer, sampleSource } from "@/state/samples";
import { findPreviews, sections, type Row } from "./sections";

const commit = (at: string, subject = "work") => ({ id: "abc1234", subject, author: "Ada", at });
const deployment = (state: "ready" | "building", created: string) => ({ state, url: "https://x.vercel.app", aliases: [], inspector: null, created, production: false, serving: null });
const checkout = { folder: "/w", workingCopy: true, changed: 0, untracked: 0 };
const shown = (rows: readonly Row[]) => rows.map((row) => (row.kind === "preview" ? row.preview.name : row.kind === "head" ? `# ${row.source.kind} ${row.count}` : `! ${row.about}`));

const git = sampleSource();
const vercel = sampleSource({ at: 2, kind: "vercel", text: "shop" });
const previews = [
  sampleBranch("old", { commit: commit("2026-01-01T00:00:00Z") }),
  sampleBranch("new", { commit: commit("2026-03-01T00:00:00Z", "Mend the header") }),
  sampleBranch("unknown"),
  samplePreview("production"),
  sampleBranch("runs", { commit: commit("2025-01-01T00:00:00Z"), server: sampleServer({ state: "ready", port: 3001 }) }),
  sampleBranch("failed", { commit: commit("2026-02-01T00:00:00Z"), server: sampleServer({ state: "failed" }) }),
  sampleBranch("main", { commit: commit("2025-06-01T00:00:00Z"), checkout }),
  samplePreview("shop-git-a", { source: 1, deployment: deployment("ready", "2026-01-01T00:00:00Z") }),
  samplePreview("shop-git-b", { source: 1, upstream: null, deployment: deployment("building", "2026-01-02T00:00:00Z") }),
  samplePreview("staging"),
];

describe("sections", () => {
  it("puts first what a person works with, then branches and deployments, newest first", () => {
    expect(shown(sections(previews, [git, vercel], ""))).toEqual([
      "production", "staging", "main", "failed", "runs", "# git 3", "new", "old", "unknown", "# vercel 2", "shop-git-b", "shop-git-a",
    ]);
  });
  it("shows branches before deployments, whatever the file's order is", () => {
    const turned = previews.map((preview) => ({ ...preview, source: preview.source === null ? null : 1 - preview.source }));
    expect(shown(sections(turned, [vercel, git], "")).filter((row) => row.startsWith("#"))).toEqual(["# git 3", "# vercel 2"]);
  });
  it("says what is wrong with a source, and what it left out", () => {
    const failed = sampleSource({ status: "failed", message: "no repository here" });
    expect(shown(sections([], [failed, sampleSource({ leftOut: 7 })], ""))).toEqual(["# git 0", "! status", "# git 0", "! left-out"]);
  });
  it("says what should be known of a source, under what is wrong with it, and not while it is searched", () => {
    const stale = sampleSource({ status: "stale", message: "the repository is gone", notes: ["two branches share an address"] });
    expect(shown(sections([], [stale], ""))).toEqual(["# git 0", "! status", "! notes"]);
    expect(shown(sections([sampleBranch("main")], [stale], "main"))).toEqual(["# git 1", "! status", "main"]);
  });
  it("shows only what is found, and the heads above it", () => {
    expect(shown(sections(previews, [git, vercel], "header mend"))).toEqual(["# git 1", "new"]);
    expect(shown(sections(previews, [git, vercel], "nothing of it"))).toEqual([]);
  });
});

describe("findPreviews", () => {
  it("looks at the name, the branch and the last commit", () => {
    const named = (query: string) => findPreviews([sampleBranch("feature-x", { branch: "Feature/X", commit: commit("2026-01-01T00:00:00Z", "Über alles") })], query).length;
    expect(["feature/x", "feature-x", "über", "ABC1", "ada alles", "else"].map(named)).toEqual([1, 1, 1, 1, 1, 0]);
  });
  it("finds the remote's of two branches by what its row says", () => {
    const both = [sampleBranch("x", { branch: "X" }), sampleBranch("origin-x", { branch: "X", title: "origin/X" })];
    expect(findPreviews(both, "origin/x").map(({ name }) => name)).toEqual(["origin-x"]);
  });
});
