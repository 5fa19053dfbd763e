// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Problem } from "@/api/types";
import { samplePreview, sampleWorkspace } from "@/state/samples";
import { initialState, useStore } from "@/state/store";
import { isUnread } from "@/state/unread";
import { ProblemsBanner } from "./Problems";

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

const sample = (change: Partial<Problem>): Problem => ({
  severity: "error", file: "tripledash.json", line: 4, column: 7, found: "upstraem", wanted: "upstream",
  message: "previews[0]: found the unknown key \"upstraem\"", hint: "did you mean upstream?", ...change,
});
const told = async (problem: Problem) => {
  useStore.setState({ ...initialState, workspace: sampleWorkspace({ previews: [samplePreview("main")], problems: [problem] }) }, true);
  await act(async () => root.render(<ProblemsBanner />));
  return document.querySelector("[role=alert]")?.textContent;
};

test("the banner says what is wrong, where, and what was meant", async () => {
  const text = await told(sample({}));
  expect(text).toContain("tripledash.json has an error");
  expect(text).toContain("4:7");
  expect(text).toContain("Did you mean upstream?");
  expect(text).toContain("the last good one is shown");
});

test("a file that is gone has no place in it, and the last good state is named once", async () => {
  const text = await told(sample({ found: "no file", wanted: "a workspace file", line: 1, column: 1, message: "the file is gone; the last good state is shown", hint: "put it back, or open another folder" }));
  expect(text?.match(/is gone/g)).toHaveLength(1);
  expect(text).not.toContain("an error");
  expect(text).not.toContain("1:1");
  expect(text?.match(/last good/g)).toHaveLength(1);
});

test("nothing can be added to a file that was never read", () => {
  expect(isUnread(sampleWorkspace({ problems: [sample({})] }))).toBe(true);
  expect(isUnread(sampleWorkspace({ problems: [sample({})], previews: [samplePreview("main")] }))).toBe(false);
  expect(isUnread(sampleWorkspace({ problems: [sample({ severity: "warning" })] }))).toBe(false);
});
