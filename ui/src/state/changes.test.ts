import { beforeEach, describe, expect, it } from "vitest";
import { changesBetween } from "./changes";
import { sampleBranch, samplePreview, sampleServer, sampleSource, sampleTenant, sampleWorkspace } from "./samples";
import { applyLine, applyWorkspace, asOwnEdit, initialState, useStore } from "./store";

const base = sampleWorkspace({
  tenants: [sampleTenant("acme"), sampleTenant("globex")], previews: [samplePreview("main"), sampleBranch("feature")], sources: [sampleSource()],
});
const csv = { ...base.tenantList, kind: "file" as const, text: "lists/tenants.csv" };

describe("changesBetween", () => {
  it("names one or two, and counts more", () => {
    const added = { ...base, tenants: [...base.tenants, sampleTenant("initech")] };
    expect(changesBetween(base, added)).toEqual(["tripledash.json: tenant initech added"]);
    const many = { ...base, tenants: [...base.tenants, ..."xyz".split("").map((id) => sampleTenant(id))] };
    expect(changesBetween(base, many)).toEqual(["tripledash.json: 3 tenants added"]);
    expect(changesBetween(added, { ...base, tenants: [] })).toEqual(["tripledash.json: 3 tenants removed"]);
  });
  it("tells several changes of one file in one sentence", () => {
    const after = {
      ...base, tenants: [sampleTenant("acme", { name: "Acme & Sons" }), sampleTenant("globex")],
      previews: [samplePreview("main", { upstream: "http://localhost:4000" }), sampleBranch("feature")],
    };
    expect(changesBetween(base, after)).toEqual(["tripledash.json: tenant acme changed, preview main changed"]);
  });
  it("names the file that lists the tenants", () => {
    const before = { ...base, tenantList: csv };
    expect(changesBetween(before, { ...before, tenants: [sampleTenant("acme")] })).toEqual(["tenants.csv: tenant globex removed"]);
  });
  it("says nothing of what changes by itself", () => {
    const running = sampleBranch("feature", { upstream: "http://127.0.0.1:3001", status: "up", server: sampleServer({ state: "ready", port: 3001 }) });
    const after = {
      ...base, generation: 9, previews: [samplePreview("main", { status: "down", statusReason: "refused" }), running, sampleBranch("new")],
      sources: [sampleSource({ status: "stale", message: "git does not answer", head: "feature", leftOut: 3 })], recent: [{ name: "w", folder: "/w" }],
    };
    expect(changesBetween(base, after)).toEqual([]);
  });
  it("tells of a command that is another", () => {
    const trust = (line: string) => ({ folder: "/w", trusted: false, commands: [{ place: "previews[0].dev", line, folder: null, when: "when you start a branch" }] });
    expect(changesBetween({ ...base, trust: trust("next dev") }, { ...base, trust: { ...trust("next dev"), trusted: true } })).toEqual([]);
    expect(changesBetween({ ...base, trust: trust("next dev") }, { ...base, trust: trust("vite") })).toEqual(["tripledash.json: commands changed"]);
  });
  it("tells of what is copied or sent as that, and not of every preview that waits for it", () => {
    const line = (place: string, line: string) => ({ place, line, folder: null, when: "" });
    const trust = (...commands: ReturnType<typeof line>[]) => ({ folder: "/w", trusted: false, commands: [line("previews[0].dev", "vite"), ...commands] });
    const trusted = { ...base, trust: { ...trust(line("previews", "sends KEY to https://a.example")), trusted: true } };
    const previews = [samplePreview("main", { upstream: null, untrusted: "sends KEY to https://a.example" }), sampleBranch("feature")];
    const held = { ...trusted, previews, trust: trust(line("previews", "sends KEY to https://a.example")) };
    expect(changesBetween(trusted, held)).toEqual([]);
    expect(changesBetween(held, trusted)).toEqual([]);
    const more = { ...held, trust: trust(line("previews", "sends KEY, TOKEN to https://a.example")) };
    expect(changesBetween(trusted, more)).toEqual(["tripledash.json: what is sent elsewhere changed"]);
    expect(changesBetween(trusted, { ...more, previews: [samplePreview("main", { ...previews[0], access: "read-only" }), sampleBranch("feature")] })).toEqual(["tripledash.json: preview main changed, what is sent elsewhere changed"]);
    expect(changesBetween(trusted, { ...trusted, trust: trust(line("previews", "sends KEY to https://a.example"), line("previews[0].copy", ".env")) })).toEqual(["tripledash.json: what is copied into checkouts changed"]);
  });
});

describe("the news of a changed file", () => {
  beforeEach(() => useStore.setState({ ...initialState, workspace: base }, true));
  const told = () => useStore.getState().toasts.map(({ message }) => message);
  const after = { ...base, generation: 2, revision: 2, tenants: [sampleTenant("acme")] };

  it("is told when the stream brings it", () => {
    applyLine({ kind: "workspace", workspace: after });
    expect(told()).toEqual(["tripledash.json: tenant globex removed"]);
  });
  it("is told when nothing but a preview is another, and not when it is only doing otherwise", () => {
    const { sources, tenantList } = base;
    const line = (generation: number, ...previews: typeof base.previews) => applyLine({ kind: "previews", generation, revision: generation, previews, sources, tenantList, overBudget: base.overBudget });
    line(2, samplePreview("main", { status: "down" }), sampleBranch("feature"), sampleBranch("another"));
    expect(told()).toEqual([]);
    line(3, samplePreview("main", { access: "read-only" }), sampleBranch("feature"));
    expect(told()).toEqual(["tripledash.json: preview main changed"]);
  });
  it("is not told of an edit that this window made, whichever comes first: its answer or the stream's line", async () => {
    await asOwnEdit(async () => {
      applyLine({ kind: "workspace", workspace: after });
      applyWorkspace(after);
    });
    applyLine({ kind: "workspace", workspace: after });
    expect(told()).toEqual([]);
  });
  it("is told of no line that an answer or another line has overtaken", () => {
    applyWorkspace({ ...after, revision: 3 });
    applyLine({ kind: "workspace", workspace: { ...base, revision: 2 } });
    applyLine({ kind: "snapshot", workspace: { ...base, revision: 2 }, exchanges: [], stats: useStore.getState().exchanges.stats, diagnostics: [] });
    expect(told()).toEqual([]);
  });
  it("is not told when another workspace is opened", () => {
    applyLine({ kind: "workspace", workspace: { ...after, origin: { ...after.origin, file: "/other/tripledash.json" } } });
    expect(told()).toEqual([]);
  });
});
