// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Dialog } from "./Dialog";

let root: Root;
let page: HTMLElement;
const onClose = vi.fn();

beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  onClose.mockClear();
  page = document.body.appendChild(document.createElement("main"));
  root = createRoot(page);
  await act(async () => root.render(<Dialog title="Edit" onClose={onClose}><input aria-label="Name" /></Dialog>));
});

afterEach(async () => {
  await act(async () => root.unmount());
  page.remove();
  vi.unstubAllGlobals();
});

const escape = () => act(async () => void document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true })));
const type = () => act(async () => void document.querySelector("input")?.dispatchEvent(new Event("input", { bubbles: true })));
const warning = () => document.querySelector("[role=status]")?.textContent;

test("Escape leaves a dialog in which nothing was typed", async () => {
  await escape();
  expect(onClose).toHaveBeenCalledOnce();
});

test("what was typed is thrown away by the second Escape, after a word", async () => {
  await type();
  await escape();
  expect(onClose).not.toHaveBeenCalled();
  expect(warning()).toContain("not saved");
  await escape();
  expect(onClose).toHaveBeenCalledOnce();
});

test("one who types on is warned anew", async () => {
  await type();
  await escape();
  await type();
  expect(warning()).toBeUndefined();
  await escape();
  expect(onClose).not.toHaveBeenCalled();
});
