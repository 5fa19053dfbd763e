// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/api/client";
import type { Proposal } from "@/api/types";
import { initialState, useStore } from "@/state/store";
import { FirstFileDialog } from "./FirstFileDialog";

const proposal: Proposal = {
  text: '{\n  "name": "acme"\n}\n', notes: [{ about: "name", message: "\"acme\", from package.json" }],
  next: ["start the app, then let the probe find the Host that it understands: tripledash probe local --write", "open the workbench: tripledash serve --open"],
};
const opened = { name: "acme", generation: 1, lastEdit: null, origin: { kind: "folder", folder: "/w", file: "/w/tripledash.json" }, previews: [], tenants: [], pages: [], rules: [], problems: [], recent: [], sources: [] };
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const asked: { path: string; body: unknown }[] = [];
let answers: Response[];
let root: Root;

beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  asked.length = 0;
  const api = createApi("t", "/api", async (url, init) => {
    asked.push({ path: String(url), body: JSON.parse(String(init?.body)) as unknown });
    return answers.shift() ?? json({ code: "none", message: "nothing more" }, 500);
  });
  useStore.setState({ ...initialState, api, dialog: { kind: "first-file", folder: "/w" } });
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const show = (...said: Response[]) => {
  answers = said;
  return act(async () => root.render(<FirstFileDialog folder="/w" />));
};
const box = () => document.querySelector("textarea");
const press = (name: string) => act(async () => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name)?.click());
const type = (text: string) =>
  act(async () => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(box(), text);
    box()?.dispatchEvent(new Event("input", { bubbles: true }));
  });

test("the proposed text is shown with its reasons, and written as it was edited", async () => {
  await show(json(proposal), json(opened));
  expect(box()?.value).toBe(proposal.text);
  expect(document.body.textContent).toContain("from package.json");
  expect(document.body.textContent).toContain("Find out its Host…");
  expect(document.body.textContent).not.toContain("tripledash serve");
  await type('{ "name": "mine" }');
  await press("Write and open");
  expect(asked).toEqual([{ path: "/api/workspace/propose", body: { folder: "/w" } }, { path: "/api/workspace/create", body: { folder: "/w", text: '{ "name": "mine" }' } }]);
  expect(useStore.getState().dialog).toBeNull();
});

test("what is wrong with the text is said below it, and the text stays", async () => {
  await show(json(proposal), json({ code: "invalid-workspace", message: "found a number, wanted a text" }, 400));
  await type('{ "name": 1 }');
  await press("Write and open");
  expect(document.querySelector("[role=alert]")?.textContent).toBe("Found a number, wanted a text.");
  expect(box()?.getAttribute("aria-invalid")).toBe("true");
  expect(box()?.value).toBe('{ "name": 1 }');
  await press("As proposed");
  expect(box()?.value).toBe(proposal.text);
});

test("a folder that cannot be looked at is said, and can be looked at again", async () => {
  await show(json({ code: "no-folder", message: "there is no folder /w" }, 404), json(proposal));
  expect(document.querySelector("[role=alert]")?.textContent).toBe("There is no folder /w.");
  await press("Look again");
  expect(box()?.value).toBe(proposal.text);
});
