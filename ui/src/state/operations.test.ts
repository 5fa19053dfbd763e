import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, type AddressItem, type Api } from "@/api/client";
import type { WorkspaceState } from "@/api/types";
import { at, change, changed, copyAddress, refusedAt } from "./operations";
import { sampleWorkspace } from "./samples";
import { applyLine, initialState, useStore } from "./store";

describe("change", () => {
  const asked = (ask: () => WorkspaceState) => {
    useStore.setState({ ...initialState, api: {} as Api, workspace: sampleWorkspace({ revision: 4 }) }, true);
    return change(() => Promise.resolve(ask())).then(() => useStore.getState().workspace);
  };

  it("takes the answer where the stream spoke of the state before", async () => {
    const after = await asked(() => {
      applyLine({ kind: "workspace", workspace: sampleWorkspace({ revision: 5, name: "before" }) });
      return sampleWorkspace({ revision: 6, name: "renamed" });
    });
    expect(after).toMatchObject({ revision: 6, name: "renamed" });
  });
  it("keeps what the stream has told meanwhile, whatever of the state it is", async () => {
    const problems = [{ severity: "error" as const, file: "tripledash.json", line: 1, column: 1, message: "broken", found: "", wanted: "", hint: null }];
    const after = await asked(() => {
      applyLine({ kind: "workspace", workspace: sampleWorkspace({ revision: 7, name: "renamed", problems }) });
      return sampleWorkspace({ revision: 6, name: "renamed" });
    });
    expect(after).toMatchObject({ revision: 7, problems });
  });
  it("lets no answer bring back a workspace that was left for another", async () => {
    const file = "/other/tripledash.json";
    const origin = { kind: "folder" as const, folder: "/other", file };
    const after = await asked(() => {
      applyLine({ kind: "workspace", workspace: sampleWorkspace({ revision: 7, origin }) });
      return sampleWorkspace({ revision: 6 });
    });
    expect(after?.origin.file).toBe(file);
  });
});

describe("copyAddress", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("asks with the parts that are chosen", async () => {
    const asked: AddressItem[] = [];
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    const addresses = (items: AddressItem[]) => {
      asked.push(...items);
      return Promise.resolve([{ url: "http://de---acme---main.localhost/", problems: [] }]);
    };
    const selection = { ...initialState.selection, tenants: ["acme"], parts: { locale: "de", region: "eu" }, path: "/cart" };
    useStore.setState({ ...initialState, api: { addresses } as unknown as Api, workspace: sampleWorkspace({ prefix: ["locale", "tenant"] }), selection }, true);
    await copyAddress("main");
    expect(asked).toEqual([{ tenant: "acme", parts: { locale: "de" }, preview: "main", session: null, path: "/cart" }]);
    expect(writeText).toHaveBeenCalledWith("http://de---acme---main.localhost/");
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
