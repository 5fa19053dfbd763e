// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/api/client";
import type { WorkspaceState } from "@/api/types";
import { removeTenant } from "@/state/operations";
import { sampleTenant, sampleWorkspace } from "@/state/samples";
import { applyWorkspace, initialState, useStore } from "@/state/store";
import { Toasts } from "./Toasts";

let root: Root;
let page: HTMLElement;
let answers: WorkspaceState[];
const asked: string[] = [];
const edited = (revision: number, lastEdit: number | null) => sampleWorkspace({ revision, lastEdit });

beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  asked.length = 0;
  const api = createApi("t", "/api/v1", (url, init) => {
    asked.push(`${init?.method} ${String(url)}`);
    return Promise.resolve(new Response(JSON.stringify(answers.shift())));
  });
  useStore.setState({ ...initialState, api, workspace: edited(1, null) }, true);
  page = document.body.appendChild(document.createElement("main"));
  root = createRoot(page);
  await act(async () => root.render(<Toasts />));
});

afterEach(async () => {
  await act(async () => root.unmount());
  page.remove();
  vi.unstubAllGlobals();
});

/** What is said, and whether it can be undone. */
const toasts = () => [...page.querySelectorAll("p")].map((told) => [told.textContent, [...(told.parentElement?.querySelectorAll("button") ?? [])].some(({ textContent }) => textContent === "Undo")]);

test("a toast's Undo takes back its own edit, and is there as long as that is the last", async () => {
  answers = [edited(2, 7), edited(3, 8), edited(4, 7)];
  await act(async () => void (await removeTenant(sampleTenant("acme"))));
  await act(async () => void (await removeTenant(sampleTenant("globex"))));
  expect(toasts()).toEqual([["Removed acme", false], ["Removed globex", true]]);
  const undo = [...page.querySelectorAll("button")].find(({ textContent }) => textContent === "Undo");
  await act(async () => undo?.click());
  expect(asked.at(-1)).toBe("POST /api/v1/workspace/undo?edit=8");
  expect(toasts()).toEqual([["Removed acme", true], ["Undone", false]]);

  // Somebody else's edit, in another window.
  await act(async () => applyWorkspace(edited(5, 9)));
  expect(toasts()).toEqual([["Removed acme", false], ["Undone", false]]);
});
