// @vitest-environment jsdom
import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleBranch, sampleServer } from "@/state/samples";
import { PreviewRow } from "./PreviewRow";

let root: Root;
let page: HTMLElement;
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  page = document.body.appendChild(document.createElement("div"));
  root = createRoot(page);
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const commit = { id: "abc1234", subject: "Mend the header", author: "Ada", at: "2026-01-01T12:00:00Z" };
const nothing = () => undefined;
const show = (row: ReactNode) => act(async () => root.render(row));
const rowOf = (preview: Parameters<typeof PreviewRow>[0]["preview"]) => (
  <PreviewRow
    id="row" preview={preview} now={0} at={0} count={1} chosen={false} active={false} menuOpen={false}
    onMenu={nothing} onClick={nothing} onToggle={nothing} onStart={nothing}
  />
);
const said = () => document.querySelector("[role=option]")?.getAttribute("aria-label");

test("what should be known of a server that runs stands in its row", async () => {
  const message = "its checkout stays behind the branch: 1 changed file is not committed";
  await show(rowOf(sampleBranch("cart", { commit, upstream: "http://localhost:3001", server: sampleServer({ state: "ready", port: 3001, message }) })));
  expect(page.textContent).toContain(message);
  expect(said()).toContain(message);
});

test("a server that listens nowhere says so in its row", async () => {
  const message = "after 120 s it listens nowhere; it was given port 43471, in {port} and in PORT: see its log";
  await show(rowOf(sampleBranch("never", { commit, server: sampleServer({ state: "starting", message }) })));
  expect(page.textContent).toContain("it listens nowhere");
});

test("one that was started elsewhere says so beside its last commit", async () => {
  await show(rowOf(sampleBranch("main", { commit, upstream: "http://localhost:3001", server: sampleServer({ state: "ready", port: 3001, adopted: true, message: "started elsewhere: process 7 works in this folder" }) })));
  expect(page.textContent).toContain("Mend the header");
  expect(page.textContent).toContain("started elsewhere");
});
