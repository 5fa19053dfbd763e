// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Picker, search, searched, type PickerItem } from "./Picker";

const item = (id: string, label: string, chosen = false): PickerItem => ({ id, label, chosen });
const many = Array.from({ length: 20 }, (_, n) => item(`t-${n}`, `Tenant ${n}`, n === 7));
const found = (items: readonly PickerItem[], query: string) => search(searched(items), query).map(({ id }) => id);

describe("search", () => {
  test("every word is in the label, in any case, or in the id", () => {
    const shops = [item("kess", "Kessler Shoes"), item("acme", "ACME"), item("shoe-box", "Boxes")];
    expect(found(shops, "shoe")).toEqual(["shoe-box", "kess"]);
    expect(found(shops, "SHOES kess")).toEqual(["kess"]);
    expect(found(shops, "acme")).toEqual(["acme"]);
    expect(found(shops, "nothing")).toEqual([]);
  });

  test("without a word a long list begins with what is chosen", () => {
    expect(found(many, " ").slice(0, 2)).toEqual(["t-7", "t-0"]);
    expect(found(many.slice(0, 12), "")[0]).toBe("t-0");
  });

  test("those whose label or id starts with the first word come first", () => {
    expect(found([item("one", "Xb"), item("two", "Bx"), item("b-3", "Y")], "B")).toEqual(["two", "b-3", "one"]);
  });
});

let root: Root;
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const type = (text: string) => act(async () => {
  const input = document.querySelector("input");
  // React listens to the value that it did not set itself.
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, text);
  input?.dispatchEvent(new Event("input", { bubbles: true }));
});
const options = () => [...document.querySelectorAll("[role=option]")].map((option) => option.textContent);
const press = () => act(async () => document.querySelector("button")?.click());

test("the items are made once per opening, and anew where they are others", async () => {
  const items = vi.fn(() => many);
  const show = (items: () => readonly PickerItem[]) =>
    act(async () => root.render(<Picker label="Choose" items={items} onPick={() => {}} trigger={<button type="button">open</button>} />));

  await show(items);
  expect(items).toHaveBeenCalledTimes(0);
  await press();
  expect(options()[0]).toBe("Tenant 7✓");
  for (const text of ["t", "te", "tenant 1", "tenant 13"]) await type(text);
  expect(options()).toEqual(["Tenant 13"]);
  expect(items).toHaveBeenCalledTimes(1);

  await show(() => [item("t-13", "Tenant 13 of another state")]);
  expect(options()).toEqual(["Tenant 13 of another state"]);

  await show(items);
  await press();
  await press();
  expect(items).toHaveBeenCalledTimes(3);
  // The popover's first rendering without a browser takes seconds on a busy machine.
}, 30_000);

test("what is typed whole is taken before what only begins with it, and closes a list of which one is chosen", async () => {
  const picked = vi.fn();
  const values = [item("de-at", "de-at"), item("de", "de", true), item("fr", "fr")];
  const typed = (text: string) => (text === "" ? null : { id: text, label: text });
  await act(async () => root.render(<Picker single label="Choose" items={() => values} typed={typed} onPick={picked} trigger={<button type="button">open</button>} />));
  await press();
  expect(document.querySelector("[role=listbox]")?.getAttribute("aria-multiselectable")).toBeNull();
  await type("de");
  expect(options()).toEqual(["de✓", "de-at"]);
  await type("d");
  expect(options()).toEqual(["d", "de-at", "de✓"]);
  await type("de");
  await act(async () => document.querySelector("input")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true })));
  expect(picked.mock.calls).toEqual([["de", false]]);
  expect(options()).toEqual([]);
}, 30_000);
