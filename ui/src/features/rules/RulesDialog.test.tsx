// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/api/client";
import type { FileEdit, JsonObject, WorkspaceState } from "@/api/types";
import { same, valueAt } from "@/state/document";
import { initialState, useStore } from "@/state/store";
import { RulesDialog } from "./RulesDialog";

const workspace = {
  name: "w", generation: 1, lastEdit: 1, origin: { kind: "folder", folder: "/w", file: "/w/tripledash.json" }, previews: [],
  tenants: [], pages: [], variables: [], problems: [], recent: [], sources: [],
} as unknown as WorkspaceState;

/** An engine with a file of rules, that answers an edit when it is told to, and takes each back. */
let file: JsonObject[] | null;
let before: (JsonObject[] | null)[];
let held: (() => void)[] | null;
let root: Root;
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const rule = (source: string): JsonObject => ({ by: "app", source });

function edited(rules: JsonObject[], edits: readonly FileEdit[]): JsonObject[] | null {
  const next: JsonObject[] = structuredClone(rules);
  for (const { path, before, after } of edits) {
    const [at, field] = [path[1] as number, path[2] as string | undefined];
    if (!same(valueAt(next, path.slice(1)), before)) return null;
    if (field === undefined) next.splice(at, 1, ...(after === undefined ? [] : [after as JsonObject]));
    else next[at] = { ...next[at], [field]: after ?? null };
  }
  return next;
}

async function answer(url: string, init?: RequestInit): Promise<Response> {
  if (url.endsWith("/explain")) return json({ message: "not asked here", code: "none" }, 400);
  if (init?.method === "GET") return json({ text: "", document: file === null ? null : { rules: file } });
  if (url.includes("/undo")) {
    const meant = /\?edit=(\d+)$/.exec(url)?.[1];
    if (before.length === 0 || (meant !== undefined && Number(meant) !== before.length)) return json({ code: "changed-meanwhile", message: "that is not the last edit by now" }, 409);
    file = before.pop() ?? null;
    return written();
  }
  if (held !== null) await new Promise<void>((done) => held?.push(done));
  const { edits } = JSON.parse(String(init?.body)) as { edits: FileEdit[] };
  const after = edited(file ?? [], edits);
  if (after === null) return json({ code: "changed-meanwhile", message: "something else stands there by now" }, 409);
  before.push(file);
  file = after;
  return written();
}
const written = () => json({ ...useStore.getState().workspace, lastEdit: before.length === 0 ? null : before.length });

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  Element.prototype.scrollIntoView = () => undefined;
  held = null;
  before = [["/long", "/ago"].map(rule)]; // what was edited before the dialog was opened
  file = ["/a", "/b", "/c", "/d"].map(rule);
  useStore.setState({ ...initialState, api: createApi("t", "/api", (url, init) => answer(String(url), init)), workspace });
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const open = () => act(async () => root.render(<RulesDialog url="" />));
const labels = () => [...document.querySelectorAll("[data-rule] [data-act=edit]")].map((button) => button.getAttribute("aria-label") ?? "");
const shown = () => labels().map((label) => /for (\S+)$/.exec(label)?.[1]);
const sources = () => file?.map(({ source }) => source);
const button = (label: string) => [...document.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === label || one.textContent === label);
const row = (source: string) => [...document.querySelectorAll<HTMLElement>("[data-rule]")].find((one) => one.textContent.includes(source));
const remove = (source: string) => act(async () => row(source)?.querySelector<HTMLElement>("[data-act=remove]")?.click());
const press = (init: KeyboardEventInit) => act(async () => document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init })));
const alerts = () => [...document.querySelectorAll("[role=alert]")].map(({ textContent }) => textContent);
/** Somebody else saves the file. One that is no JSON means nothing new: only its problems are told. */
const save = (rules: JsonObject[] | null, told = true) => act(async () => {
  const same = rules === null || file === null;
  file = rules;
  if (!told) return;
  const { generation } = useStore.getState().workspace ?? workspace;
  useStore.setState({ workspace: { ...workspace, problems: [], generation: generation + (same ? 0 : 1) } });
});
const release = () => act(async () => {
  for (const done of held ?? []) done();
  held = null;
});
const field = () => document.querySelector<HTMLInputElement>("form input:not([type=radio])");
const form = () => document.querySelector("form")?.getAttribute("aria-label");
const click = (label: string) => act(async () => button(label)?.click());
const type = (text: string) => act(async () => {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field(), text);
  field()?.dispatchEvent(new Event("input", { bubbles: true }));
});
const submit = () => act(async () => document.querySelector("form")?.requestSubmit());

test("two rules that are taken out one after the other are those that were meant", async () => {
  await open();
  held = [];
  await remove("/a");
  await remove("/b");
  expect(shown(), "at once").toEqual(["/c", "/d"]);
  expect(sources(), "nothing is written yet").toEqual(["/a", "/b", "/c", "/d"]);
  await release();
  await vi.waitFor(() => expect(sources()).toEqual(["/c", "/d"]));
  expect(shown()).toEqual(["/c", "/d"]);
  expect(alerts()).toEqual([]);
});

test("a rule that is moved by a held key goes on from where it is", async () => {
  await open();
  row("/d")?.querySelector<HTMLElement>("[data-act=edit]")?.focus();
  held = [];
  for (const repeat of [false, true, true, true]) await press({ key: "ArrowUp", altKey: true, repeat });
  expect(shown()).toEqual(["/d", "/a", "/b", "/c"]);
  expect(document.activeElement?.getAttribute("aria-label")).toContain("rules[0]");
  await release();
  await vi.waitFor(() => expect(sources()).toEqual(["/d", "/a", "/b", "/c"]));
});

test("Delete takes one rule however long it is held", async () => {
  await open();
  row("/b")?.querySelector<HTMLElement>("[data-act=edit]")?.focus();
  for (const repeat of [false, true, true]) await press({ key: "Delete", repeat });
  expect(shown()).toEqual(["/a", "/c", "/d"]);
  expect(document.activeElement?.getAttribute("aria-label")).toContain("/c");
});

test("an act that was meant for another list is refused, and the list is read again", async () => {
  await open();
  held = [];
  await remove("/b");
  await save(["/new", "/a", "/b"].map(rule), false);
  await release();
  await vi.waitFor(() => expect(alerts()).toEqual(["Something else stands there by now."]));
  expect(shown()).toEqual(["/new", "/a", "/b"]);
  expect(sources()).toEqual(["/new", "/a", "/b"]);
  await remove("/b");
  expect(sources(), "an act on the list as it is now").toEqual(["/new", "/a"]);
});

test("an act is refused where the file was read anew before its turn", async () => {
  await open();
  held = [];
  await remove("/d");
  await save(["/new", "/a", "/b", "/c", "/d"].map(rule));
  await remove("/a");
  await release();
  await vi.waitFor(() => expect(alerts()).toHaveLength(1));
  expect(sources()).toEqual(["/new", "/a", "/b", "/c", "/d"]);
  await vi.waitFor(() => expect(shown()).toEqual(["/new", "/a", "/b", "/c", "/d"]));
});

test("what is typed into a rule stays where the list gets another, and goes with its rule", async () => {
  await open();
  await click("Edit rules[2]");
  await type("/typed");
  await save(["/new", "/a", "/b", "/c"].map(rule));
  expect(form()).toBe("Edit rules[3]");
  await save(["/a"].map(rule));
  expect(alerts()[0]).toContain("The file has this rule no more");
  expect(field()?.value).toBe("/typed");
  expect(button("Save the rule")).toBeUndefined();
  expect(button("Add it as a new rule")).toBeDefined();
  await submit();
  expect(sources()).toEqual(["/a", "/typed"]);
  expect(document.querySelector("form")).toBeNull();
});

test("a file that cannot be read leaves the form, and says why", async () => {
  await open();
  await click("Edit rules[0]");
  await type("/typed");
  await save(null);
  expect(alerts()[0]).toContain("The file is no JSON");
  expect(field()?.value).toBe("/typed");
});

test("the list is there again once the file is mended, and what was typed too", async () => {
  file = null;
  await open();
  expect(alerts()[0]).toContain("The file is no JSON");
  expect(button("Add a rule")).toBeUndefined();
  await save(["/a", "/b"].map(rule));
  expect(alerts()).toEqual([]);
  expect(shown()).toEqual(["/a", "/b"]);
  await save(null);
  expect(alerts()[0]).toContain("The file is no JSON");
  expect(shown()).toEqual([]);
});

test("another rule that is edited is shown with its own text", async () => {
  await open();
  await click("Edit rules[0]");
  await click("Edit rules[2]");
  expect([form(), field()?.value]).toEqual(["Edit rules[2]", "/c"]);
  await save(["/new", "/a", "/b", "/c"].map(rule));
  await click("Edit rules[2]"); // where /c stood when it was opened
  expect([form(), field()?.value]).toEqual(["Edit rules[2]", "/b"]);
  await type("/typed");
  await submit();
  expect(sources()).toEqual(["/new", "/a", "/typed", "/c"]);
});

test.each([["a rule", "Edit rules[0]", "Edit rules[0]", ["/typed", "/b", "/c", "/d"]], ["a new rule", "Add a rule", "A new rule", ["/a", "/b", "/c", "/d", "/typed"]]])("what is typed into %s is neither put into another nor lost", async (_, opens, called, after) => {
  await open();
  await click(opens);
  await type("/typed");
  await click("Edit rules[2]");
  expect([form(), field()?.value]).toEqual([called, "/typed"]);
  expect(alerts()[0]).toContain("not saved yet");
  expect(document.activeElement).toBe(field());
  await type("/typed");
  await submit();
  expect(sources()).toEqual(after);
  expect(alerts()).toEqual([]);
});

test("what is left is focused where it stands by now", async () => {
  await open();
  await click("Edit rules[2]");
  await save(["/new", "/a", "/b", "/c"].map(rule));
  await click("Cancel");
  expect(document.activeElement?.getAttribute("aria-label")).toContain("for /c");
});

test.each(["the button", "the keys"])("%s of undo takes back what the list shows as done last", async (by) => {
  await open();
  held = [];
  await remove("/a");
  await remove("/b");
  const undo = () => (by === "the button" ? click("Undo") : press({ key: "z", ctrlKey: true }));
  await undo();
  await release();
  await vi.waitFor(() => expect(sources()).toEqual(["/b", "/c", "/d"]));
  expect(shown()).toEqual(["/b", "/c", "/d"]);
  expect(alerts()).toEqual([]);
  await undo();
  expect(sources()).toEqual(["/a", "/b", "/c", "/d"]);
  await undo();
  await undo(); // nothing is left
  expect(sources(), "from before the dialog").toEqual(["/long", "/ago"]);
});

test("undo after what was refused takes back nothing", async () => {
  await open();
  held = [];
  await remove("/b");
  await save(["/new", "/a", "/b"].map(rule), false);
  await click("Undo");
  await release();
  await vi.waitFor(() => expect(alerts()).toEqual(["Something else stands there by now."]));
  expect(sources()).toEqual(["/new", "/a", "/b"]);
});

test("what is refused once the dialog is closed is told all the same", async () => {
  await open();
  held = [];
  await remove("/b");
  await save(["/new", "/a", "/b"].map(rule), false);
  await act(async () => root.render(null));
  await release();
  await vi.waitFor(() => expect(useStore.getState().toasts.map(({ message }) => message)).toEqual(["Something else stands there by now."]));
});
