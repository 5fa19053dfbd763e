// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleSource } from "@/state/samples";
import { SourceHead, SourceNote, SourceNotes } from "./SourceHead";

let root: Root;
const readAt = "2026-03-01T10:00:00Z";
const stale = sampleSource({ status: "stale", message: "git does not answer", readAt });

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.useFakeTimers({ now: new Date("2026-03-01T10:04:10Z") });
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const show = (what: React.ReactNode) => act(async () => root.render(what));
const text = () => document.body.textContent?.replaceAll("\u202f", " ");

test("what a stale source shows is as old as it was read, and its age goes on", async () => {
  await show(<SourceNote {...stale} />);
  expect(text()).toBe("Git does not answer.What is shown was read 4 min ago.");
  expect(document.querySelector("time")?.dateTime).toBe(readAt);
  await act(async () => vi.advanceTimersByTimeAsync(60_000));
  expect(text()).toContain("read 5 min ago");
});

test("the head tells the age of a stale source, and the count of a good one", async () => {
  await show(<SourceHead source={stale} count={3} />);
  expect(text()).toBe("Branchesnot current4 min ago");
  expect(document.querySelector("[role=status]")?.textContent, "an age is not news each time it changes").toBe("not current");
  await show(<SourceHead source={sampleSource({ readAt })} count={3} />);
  expect(text()).toBe("Branches3");
});

test("a stale source that never said when is said to be not current", async () => {
  await show(<SourceHead source={{ ...stale, readAt: null }} count={3} />);
  expect(text()).toBe("Branchesnot current");
});

test("many notes are told when somebody asks", async () => {
  await show(<SourceNotes notes={["the branch `a` has no preview", "the branch `b` has no preview", "the branch `c` has no preview"]} />);
  expect(text()).toBe("The branch a has no preview.The branch b has no preview.1 more");
  await act(async () => document.querySelector("button")?.click());
  expect(text()).toContain("The branch c has no preview.Fewer");
});
