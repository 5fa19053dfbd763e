import { describe, expect, it } from "vitest";
import type { WorkspaceState } from "@/api/types";
import { emptySelection, firstSelection, keepSelection, keptSelection, panesOf, pathFor, picked, reconciled } from "./selection";
import { sampleBranch, samplePreview as preview, sampleTenant as tenant, sampleWorkspace } from "./samples";
import { initialState, withWorkspace } from "./store";

const workspace = (change: Partial<WorkspaceState> = {}): WorkspaceState => sampleWorkspace({
  tenants: ["a", "b", "c", "d"].map((id) => tenant(id)), previews: [preview("prod", { access: "read-only" }), preview("main")],
  pages: [{ name: "Product", path: "/products/42", tenants: { b: "/products/7" } }], ...change,
});

function memory(): Storage {
  const map = new Map<string, string>();
  return {
    get length() { return map.size; },
    clear: () => map.clear(), getItem: (key) => map.get(key) ?? null, key: () => null,
    removeItem: (key) => void map.delete(key), setItem: (key, value) => void map.set(key, value),
  };
}

describe("panesOf", () => {
  it("puts previews in rows, tenants in columns and a second session beside its first", () => {
    const panes = panesOf({ tenants: ["a", "b"], previews: ["main", "x"], sessions: { a: ["admin"] } });
    expect(panes.map(({ key }) => key)).toEqual(["a|main|", "a|main|admin", "b|main|", "a|x|", "a|x|admin", "b|x|"]);
  });
  it("shows the host without a tenant when none is chosen", () => {
    expect(panesOf({ tenants: [], previews: ["main"], sessions: { a: ["admin"] } })).toEqual([
      { key: "|main|", tenant: null, preview: "main", session: null },
    ]);
  });
});

describe("pathFor", () => {
  it("takes a tenant's own path of a page by name, and the path as it is without a page", () => {
    const chosen = { path: "/x", page: "Product" };
    expect(pathFor("a", chosen, workspace())).toBe("/products/42");
    expect(pathFor("b", chosen, workspace())).toBe("/products/7");
    expect(pathFor("b", { path: "/x", page: null }, workspace())).toBe("/x");
    expect(pathFor("b", { path: "/x", page: "gone" }, workspace())).toBe("/x");
  });
});

describe("firstSelection", () => {
  it("starts on three tenants and leaves production alone", () => {
    expect(firstSelection(workspace())).toMatchObject({ tenants: ["a", "b", "c"], previews: ["main"], path: "/products/42" });
  });
  it("prefers a preview that answers", () => {
    const previews = [preview("stopped", { status: "down" }), preview("other"), preview("up", { status: "up" })];
    expect(firstSelection(workspace({ previews })).previews).toEqual(["up"]);
  });
  it("takes the working copy before other branches that do not run", () => {
    const checkout = { folder: "/w", workingCopy: true, changed: 0, untracked: 0 };
    const previews = [sampleBranch("a"), sampleBranch("main", { checkout }), preview("off", { status: "down" })];
    expect(firstSelection(workspace({ previews })).previews).toEqual(["main"]);
  });
});

describe("reconciled", () => {
  it("is the same object when everything still exists", () => {
    const selection = { ...emptySelection, tenants: ["a"], previews: ["main"] };
    expect(reconciled(selection, workspace())).toBe(selection);
    const before = workspace();
    expect(reconciled(selection, { ...before, previews: [...before.previews, preview("more")] }, before)).toBe(selection);
  });
  it("drops what is gone and falls back when no preview is left", () => {
    const selection = { ...emptySelection, tenants: ["a", "zz"], previews: ["gone"], sessions: { zz: ["admin"], a: ["x"] } };
    expect(reconciled(selection, workspace())).toMatchObject({ tenants: ["a"], previews: ["main"], sessions: { a: ["x"] } });
  });
});

describe("a kept selection", () => {
  it("comes back for its own workspace only, and unreadable ones are as none", () => {
    const storage = memory();
    const chosen = { ...emptySelection, tenants: ["b"], previews: ["main"], path: "/cart" };
    keepSelection(chosen, workspace(), storage);
    expect(keptSelection(workspace(), storage)).toEqual(chosen);
    const other = workspace({ origin: { kind: "folder", folder: "/o", file: "/o/tripledash.json" } });
    expect(keptSelection(other, storage)).toBeNull();
    storage.setItem("tripledash.selection:/w/tripledash.json", "{broken");
    expect(keptSelection(workspace(), storage)).toBeNull();
  });
});

describe("withWorkspace", () => {
  it("does not let an overtaken answer undo a newer state", () => {
    const state = { ...initialState, workspace: workspace({ revision: 5 }) };
    expect(withWorkspace(state, workspace({ revision: 4 }), null)).toEqual({});
  });
  it("takes a snapshot's state whatever its revision: the engine may have been started again", () => {
    const state = { ...initialState, workspace: workspace({ revision: 5 }) };
    expect(withWorkspace(state, workspace({ revision: 1 }), null, true).workspace?.revision).toBe(1);
  });
  it("keeps a chosen tenant that was never listed, and drops one that was", () => {
    const selection = { ...emptySelection, tenants: ["a", "unlisted"], previews: ["main"] };
    const state = { ...initialState, workspace: workspace(), selection };
    const next = withWorkspace(state, workspace({ generation: 2, tenants: [tenant("b")] }), null);
    expect(next.selection?.tenants).toEqual(["unlisted"]);
  });
  it("keeps what is chosen when a draft is saved to a file", () => {
    const draft = workspace({ origin: { kind: "draft", folder: "/d", file: "/d/tripledash.json" } });
    const selection = { ...emptySelection, tenants: ["d"], previews: ["main"], path: "/products/42" };
    const held = preview("main", { upstream: null, untrusted: "sends TOKEN to https://a.example" });
    for (const after of [workspace({ generation: 2 }), workspace({ generation: 2, previews: [preview("prod", { access: "read-only" }), held] })]) {
      const next = withWorkspace({ ...initialState, workspace: draft, selection }, after, null);
      expect(next.selection).toBe(selection);
      expect(next.navigation).toBeUndefined();
    }
  });
  it("chooses anew for another workspace and sends the panes there", () => {
    const state = { ...initialState, workspace: workspace(), paths: { "a|main|": "/x" } };
    const other = workspace({ generation: 1, origin: { kind: "demo", folder: "/o", file: "/o/tripledash.json" } });
    const next = withWorkspace(state, other, null);
    expect(next).toMatchObject({ paths: {}, selection: { previews: ["main"] }, navigation: { serial: 1 } });
  });
});

describe("picked", () => {
  const list = ["a", "b", "c", "d"];
  it("chooses one, toggles with Ctrl, and takes a range with Shift from the anchor", () => {
    expect(picked(list, ["a", "b"], "c", "alone", null)).toEqual(["c"]);
    expect(picked(list, ["a"], "c", "toggle", null)).toEqual(["a", "c"]);
    expect(picked(list, ["a", "c"], "a", "toggle", null)).toEqual(["c"]);
    expect(picked(list, ["a"], "c", "range", "a")).toEqual(["a", "b", "c"]);
    expect(picked(list, ["d"], "b", "range", "d")).toEqual(["b", "c", "d"]);
  });
  it("keeps what is chosen but filtered out of sight when a range is taken", () => {
    expect(picked(["b", "c"], ["a", "b"], "c", "range", "b")).toEqual(["a", "b", "c"]);
  });
});
