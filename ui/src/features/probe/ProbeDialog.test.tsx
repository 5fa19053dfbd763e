// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/api/client";
import type { Preview, ProbeReport, WorkspaceState } from "@/api/types";
import { initialState, useStore } from "@/state/store";
import { ProbeDialog } from "./ProbeDialog";
import { ask, askForAdded, offer, probeKey, useProbes } from "./probes";

const preview = { name: "main", upstream: "http://127.0.0.1:3000", host: null, source: null } as Preview;
const workspace = {
  name: "w", generation: 1, lastEdit: 1, origin: { kind: "folder", folder: "/w", file: "/w/tripledash.json" }, previews: [preview],
  tenants: [{ id: "acme" }], pages: [], rules: [], variables: [], problems: [], recent: [], sources: [],
} as unknown as WorkspaceState;
const report = (verdict: Partial<ProbeReport["verdict"]>): ProbeReport => ({
  preview: "main", path: "/", upstream: "http://127.0.0.1:3000", tenants: ["acme"], remarks: [],
  forms: [{ kind: "first-label", host: "{tenant}.localhost:{port}", grade: "right", reason: "the app rewrites to /acme", answers: [{ tenant: "acme", host: "acme.localhost:3000", status: 200, rewrite: "/acme", seen: "the tenant is in the rewrite", madeUp: false }] }],
  verdict: { kind: "write", sure: true, host: "{tenant}.localhost:{port}", line: '"host": "{tenant}.localhost:{port}"', message: "the app understands it", reasons: [], choices: [], ...verdict },
});

type Asked = { method: string; path: string; body: unknown; signal: AbortSignal | null };
const asked: Asked[] = [];
let answer: (request: Asked) => Promise<Response> | Response;
let root: Root;
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const engine = (found: ProbeReport) => (request: Asked) => json(request.path.endsWith("/probe") ? found : workspace);

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  asked.length = 0;
  const api = createApi("t", "/api", async (url, init) => {
    const request = { method: init?.method ?? "", path: String(url), body: JSON.parse(String(init?.body)) as unknown, signal: init?.signal ?? null };
    asked.push(request);
    return answer(request);
  });
  useStore.setState({ ...initialState, api, workspace, dialog: { kind: "probe", preview: "main" } });
  useProbes.setState({ probes: {}, offers: {} });
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const show = () => act(async () => root.render(<ProbeDialog preview="main" />));
const text = () => document.querySelector("[role=dialog]")?.textContent ?? "";
const button = (name: string) => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name);
const press = (name: string) => act(async () => button(name)?.click());

test("it asks as it opens, and writes the line that was found", async () => {
  answer = engine(report({}));
  await show();
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /api/workspace/previews/main/probe"]);
  expect(text()).toContain("acme.localhost:3000");
  expect(text()).toContain("The app understands it.");
  await press("Write it into tripledash.json");
  expect(asked[1]).toMatchObject({ method: "PUT", path: "/api/workspace/previews/main/host", body: { host: "{tenant}.localhost:{port}" } });
  expect(useStore.getState().dialog).toBeNull();
});

test("a line that is not wanted is taken out", async () => {
  answer = engine(report({ kind: "leave-out", host: null, line: null }));
  await show();
  await press("Take it out of tripledash.json");
  expect(asked[1]).toMatchObject({ method: "PUT", body: { host: null } });
});

test("of several forms one is chosen before it can be written", async () => {
  answer = engine(report({ kind: "ambiguous", host: null, line: null, choices: ["{tenant}.a", null] }));
  await show();
  expect(button("Write it into tripledash.json")?.disabled).toBe(true);
  await act(async () => document.querySelectorAll<HTMLInputElement>("input[type=radio]")[0]?.click());
  await press("Write it into tripledash.json");
  expect(asked[1]).toMatchObject({ method: "PUT", body: { host: "{tenant}.a" } });
});

test("cancelling ends the request, and nothing is kept of it", async () => {
  answer = ({ signal }) => new Promise((_, fail) => signal?.addEventListener("abort", () => fail(new DOMException("", "AbortError"))));
  await show();
  expect(document.querySelector("[role=status]")?.textContent).toContain("compile its page first");
  await press("Cancel");
  expect(asked[0]?.signal?.aborted).toBe(true);
  expect(useProbes.getState().probes).toEqual({});
  expect(useStore.getState().dialog).toBeNull();
});

test("a refusal is said in place, and can be asked again", async () => {
  answer = () => json({ code: "invalid-probe", message: "no tenant to ask as" }, 400);
  await show();
  expect(document.querySelector("[role=alert]")?.textContent).toBe("No tenant to ask as.");
  answer = engine(report({}));
  await press("Ask again");
  expect(text()).toContain("The app understands it.");
});

test("a file that cannot be written is said in place, and the verdict stays", async () => {
  answer = (request) => (request.method === "PUT" ? json({ code: "not-written", message: "permission denied" }, 403) : engine(report({}))(request));
  await show();
  await press("Write it into tripledash.json");
  expect(document.querySelector("[role=alert]")?.textContent).toBe("Permission denied.");
  expect(text()).toContain("The app understands it.");
});

test("what this window added is asked once by itself, and only with a tenant to ask as", async () => {
  answer = engine(report({ kind: "keep" }));
  useStore.setState({ workspace: { ...workspace, tenants: [] } });
  askForAdded();
  offer("main");
  askForAdded();
  expect(asked).toHaveLength(0);
  useStore.setState({ workspace });
  askForAdded();
  askForAdded();
  await vi.waitFor(() => expect(useProbes.getState().probes[probeKey("main")]?.stage).toBe("answered"));
  askForAdded();
  expect(asked).toHaveLength(1);
});

test("a later question ends the one before, whose answer is not taken", async () => {
  const answers: ((response: Response) => void)[] = [];
  answer = () => new Promise((done) => answers.push(done));
  const [first, second] = [ask("main"), ask("main", { path: "/about" })];
  expect(asked.map(({ signal }) => signal?.aborted)).toEqual([true, false]);
  answers[1]?.(json({ ...report({}), path: "/about" }));
  answers[0]?.(json(report({})));
  await Promise.all([first, second]);
  expect(useProbes.getState().probes[probeKey("main")]).toMatchObject({ stage: "answered", report: { path: "/about" } });
});
