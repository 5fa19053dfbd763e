// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleBranch, sampleServer, sampleWorkspace } from "@/state/samples";
import { initialState, useStore } from "@/state/store";
import { PaneStandby } from "./PaneStandby";

let root: Root;
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const standing = async (message: string) => {
  const preview = sampleBranch("cart", { server: sampleServer({ state: "exited", message }) });
  useStore.setState({ ...initialState, workspace: sampleWorkspace({ previews: [preview] }) }, true);
  await act(async () => root.render(<PaneStandby preview={preview} brief={false} />));
  return document.querySelector("[role=status]")?.textContent ?? "";
};

test("a server's end is told once", async () => {
  expect((await standing("it ended by itself")).match(/nded by itself/g)).toHaveLength(1);
});

test("what more is known of its end stands under it", async () => {
  expect(await standing("it ended with code 7")).toContain("It ended with code 7.");
});
