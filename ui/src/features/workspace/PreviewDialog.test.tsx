// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/api/client";
import type { JsonObject } from "@/api/types";
import { samplePreview, sampleWorkspace } from "@/state/samples";
import { initialState, useStore } from "@/state/store";
import { PreviewDialog } from "./PreviewDialog";

/** A folder that nobody trusts with the header: the preview leads nowhere, and what else the engine says of it is not the file's. */
const far: JsonObject = { name: "far", upstream: "https://${env:FAR}", access: "read-only", headers: { "x-key": "${env:KEY}" } };
const workspace = sampleWorkspace({ previews: [samplePreview("far", { upstream: null, untrusted: "sends FAR, KEY to https://${env:FAR}" })] });
const sent: unknown[] = [];
let root: Root;

beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  sent.length = 0;
  const api = createApi("t", "/api", (_, init) => {
    if (init?.method === "GET") return Promise.resolve(Response.json({ text: "", document: { previews: [far] } }));
    sent.push(...(JSON.parse(String(init?.body)) as { edits: unknown[] }).edits);
    return Promise.resolve(Response.json(workspace));
  });
  useStore.setState({ ...initialState, api, workspace }, true);
  root = createRoot(document.body.appendChild(document.createElement("div")));
  await act(async () => root.render(<PreviewDialog name="far" />));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const field = (label: string) => [...document.querySelectorAll("label")].find(({ textContent }) => textContent.startsWith(label))?.control as HTMLInputElement | undefined;
const type = (label: string, text: string) => act(async () => {
  const input = field(label);
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, text);
  input?.dispatchEvent(new Event("input", { bubbles: true }));
});

test("a preview that is held back is edited as the file says it", async () => {
  expect(field("Address of the running app")?.value).toBe("https://${env:FAR}");
  expect(field("Read-only")?.checked).toBe(true);
  const save = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Save");
  expect(save?.disabled).toBe(false);
  await type("Branch", "main");
  await act(async () => document.querySelector("form")?.requestSubmit());
  expect(sent).toEqual([{ path: ["previews", 0, "branch"], after: "main" }]);
});
