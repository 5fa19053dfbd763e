import { describe, expect, it } from "vitest";
import { ApiError, type Api } from "@/api/client";
import type { WorkspaceState } from "@/api/types";
import { at, change, changed, refusedAt } from "./operations";
import { sampleWorkspace } from "./samples";
import { applyLine, initialState, useStore } from "./store";

describe("change", () => {
  const list = (status: "reading" | "failed") => ({ ...sampleWorkspace().tenantList, kind: "url" as const, status });
  /** Asks for something, of which the stream tells before the answer is here. */
  async function overtaken(generation: number): Promise<WorkspaceState | null> {
    useStore.setState({ ...initialState, api: {} as Api, workspace: sampleWorkspace() }, true);
    await change(async () => {
      applyLine({ kind: "previews", generation, previews: [], sources: [], tenantList: list("failed"), overBudget: { count: 0, previews: [] } });
      return sampleWorkspace({ generation: 2, name: "renamed", tenantList: list("reading") });
    });
    return useStore.getState().workspace;
  }

  it("keeps what the stream has told meanwhile of the same state", async () => {
    expect(await overtaken(2)).toMatchObject({ name: "renamed", tenantList: { status: "failed" } });
  });
  it("takes the answer where the stream spoke of the state before", async () => {
    expect(await overtaken(1)).toMatchObject({ name: "renamed", tenantList: { status: "reading" } });
  });
});

describe("changed", () => {
  it("holds only what differs, and a field that was taken out as null", () => {
    const before = { name: "Acme", tags: ["retail"], locale: "en" };
    expect(changed(before, { name: "Acme", tags: ["retail", "eu"], locale: null })).toEqual({ tags: ["retail", "eu"], locale: null });
    expect(changed(before, { ...before })).toEqual({});
    expect(changed({}, { name: null })).toEqual({});
  });
});

describe("refusedAt", () => {
  const problem = (message: string, hint: string | null = null, severity = "error") => ({ message, hint, severity });
  const refused = (...problems: object[]) => refusedAt(new ApiError("invalid-workspace", "no", 400, { problems }));

  it("knows each problem by its place", () => {
    const all = refused(
      problem('pages[0].path: found "x", wanted a path that starts with one /', '"/x" would do'),
      problem("previews[1].tenants.acme-eu.id: \"A A\" has 'A', wanted lower-case letters"),
      problem("previews[0].tenants: found the tenant \"zz\"", null, "warning"),
      problem('the file: found no "name", wanted the key "name"'),
    );
    expect(at(all, ["pages", 0, "path"])).toBe('Found "x", wanted a path that starts with one / ("/x" would do).');
    expect(at(all, ["previews", 1, "tenants", "acme-eu", "id"])).toContain("wanted lower-case letters");
    expect(at(all, ["previews", 0, "tenants"])).toBeNull();
    expect(all.get("")).toContain("wanted the key");
  });

  it("tells the first of two at one place, and nothing of other errors", () => {
    expect([...refused(problem("pages[0].path: one"), problem("pages[0].path: two")).values()]).toEqual(["One."]);
    expect(refusedAt(new Error("pages[0].path: one")).size).toBe(0);
  });
});
