// @vitest-environment jsdom
import { act, useState } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Dialog } from "./Dialog";

/** A pane that asks something, until it is answered. */
function Page() {
  const [open, setOpen] = useState(false);
  const [answered, setAnswered] = useState(false);
  const [turn, setTurn] = useState(0);
  const button = (label: string, onClick: () => void) => <button type="button" onClick={onClick}>{label}</button>;
  const answer = () => {
    setAnswered(true);
    setOpen(false);
  };
  return (
    <>
      <section tabIndex={-1}><div>{answered ? "the page" : button("Ask", () => setOpen(true))}</div></section>
      {button("Elsewhere", () => undefined)}
      {open ? <Dialog key={turn} title="A question" onClose={() => setOpen(false)} footer={<>{button("Another", () => setTurn(turn + 1))}{button("Answer", answer)}</>} /> : null}
    </>
  );
}

let root: Root;
beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  root = createRoot(document.body.appendChild(document.createElement("div")));
  await act(async () => root.render(<Page />));
  button("Ask")?.focus();
  await click("Ask");
  expect(document.activeElement?.getAttribute("role")).toBe("dialog");
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const button = (label: string) => [...document.querySelectorAll("button")].find((one) => one.textContent === label || one.getAttribute("aria-label") === label);
const click = (label: string) => act(async () => button(label)?.click());

test("the focus comes back to what opened it", async () => {
  await click("Close");
  await vi.waitFor(() => expect(document.activeElement).toBe(button("Ask")));
});

test("the focus stays near where what opened it is gone", async () => {
  await click("Answer");
  expect(button("Ask")).toBeUndefined();
  await vi.waitFor(() => expect(document.activeElement).toBe(document.querySelector("section")));
});

test("a dialog that another gives way to gives the focus back to where that one would", async () => {
  button("Another")?.blur(); // as a button is that is disabled meanwhile
  await click("Another");
  await vi.waitFor(() => expect(document.activeElement?.getAttribute("role")).toBe("dialog"));
  await click("Another");
  await click("Close");
  await vi.waitFor(() => expect(document.activeElement).toBe(button("Ask")));
});

test("the focus is left where it was put meanwhile", async () => {
  await click("Answer");
  button("Elsewhere")?.focus();
  await new Promise((done) => setTimeout(done)); // the focus comes back in a task of its own
  expect(document.activeElement).toBe(button("Elsewhere"));
});
