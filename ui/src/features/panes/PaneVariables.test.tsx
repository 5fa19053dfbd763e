// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/api/client";
import { useStore } from "@/state/store";
import { useKeychain } from "@/features/workspace/KeepForm";
import { PaneVariables } from "./PaneVariables";

let root: Root;
let pane: HTMLElement;
const asked: { method: string; url: string; body: unknown }[] = [];
let answer: () => Response;

const refusal = (status: number, code: string, message: string) => () =>
  new Response(JSON.stringify({ code, message }), { status, headers: { "Content-Type": "application/json" } });

beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  asked.length = 0;
  const api = createApi("t", "/api/v1", async (url, init) => {
    asked.push({ method: init?.method ?? "", url: String(url), body: JSON.parse(String(init?.body)) as unknown });
    return answer();
  });
  useStore.setState({ api });
  useKeychain.setState({ missing: false });
  pane = document.body.appendChild(document.createElement("section"));
  pane.tabIndex = -1;
  root = createRoot(pane);
});

afterEach(async () => {
  await act(async () => root.unmount());
  pane.remove();
  vi.unstubAllGlobals();
});

const show = (names: string[], brief = false) => act(async () => root.render(<PaneVariables preview="feature" names={names} brief={brief} />));
const field = (name: string) => {
  const label = [...pane.querySelectorAll("label")].find(({ textContent }) => textContent === name);
  const found = [...pane.querySelectorAll("input")].find(({ id }) => id === label?.htmlFor);
  if (!found) throw new Error(`no field for ${name}`);
  return found;
};
const type = (input: HTMLInputElement, value: string) =>
  act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
const submit = (input: HTMLInputElement) =>
  act(async () => void input.form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));

test("a value is sent once, hidden while it is typed, and is nowhere afterwards", async () => {
  answer = () => new Response(JSON.stringify({ previews: [], tenants: [], pages: [], rules: [], variables: [], problems: [], prefix: [], recent: [], generation: 1, name: "w", base: "b", lastEdit: null, origin: { kind: "folder", folder: "/w", file: "/w/tripledash.json" } }));
  await show(["API_KEY"]);
  const input = field("API_KEY");
  expect(input.type).toBe("password");
  await type(input, "s3cret");
  await submit(input);
  expect(asked).toEqual([{ method: "PUT", url: "/api/v1/workspace/variables/API_KEY", body: { value: "s3cret" } }]);
  expect(input.value).toBe("");
  expect(document.activeElement).toBe(pane);
  expect(pane.innerHTML).not.toContain("s3cret");
  expect(JSON.stringify(useStore.getState())).not.toContain("s3cret");
});

test("nothing typed is told at the field, and nothing is sent", async () => {
  await show(["API_KEY"]);
  const input = field("API_KEY");
  await submit(input);
  expect(asked).toEqual([]);
  expect(input.getAttribute("aria-invalid")).toBe("true");
  expect(pane.querySelector("[role=alert]")?.textContent).toBe("Type or paste the value of API_KEY.");
  expect(document.activeElement).toBe(input);
});

test("a refusal keeps what was typed and says why", async () => {
  answer = refusal(503, "keychain", "the system's keychain refused: it is locked: try again, or put API_KEY=… into .env.local beside tripledash.json");
  await show(["API_KEY", "OTHER"]);
  const input = field("API_KEY");
  await type(input, "s3cret");
  await submit(input);
  expect(pane.querySelector("[role=alert]")?.textContent).toContain("The system's keychain refused: it is locked");
  expect(input.value).toBe("s3cret");
  expect(document.activeElement).toBe(input);
  expect(field("OTHER").getAttribute("aria-invalid")).toBeNull();
});

test("a system without a keychain offers the file and nothing else", async () => {
  answer = refusal(503, "no-keychain", "this system has no keychain: put API_KEY=… into .env.local beside tripledash.json");
  await show(["API_KEY", "OTHER"]);
  const input = field("API_KEY");
  await type(input, "s3cret");
  await submit(input);
  expect(pane.querySelector("input")).toBeNull();
  expect(input.value).toBe("");
  expect(pane.querySelector("[role=alert]")?.textContent).toContain("no keychain");
  expect(pane.querySelector("code")?.textContent).toBe("API_KEY=…\nOTHER=…");
  expect(document.activeElement).toBe(pane);
});

test("a small picture of a pane does not ask", async () => {
  await show(["API_KEY"], true);
  expect(pane.textContent).toBe("needs a variable");
  expect(pane.querySelector("input")).toBeNull();
});
