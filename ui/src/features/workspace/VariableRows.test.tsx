// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/api/client";
import type { Variable } from "@/api/types";
import { sampleWorkspace } from "@/state/samples";
import { initialState, useStore } from "@/state/store";
import { useKeychain } from "./KeepForm";
import { VariableRows } from "./VariableRows";

const kept: Variable = { name: "API_KEY", source: "keychain", usedBy: ["preview main"] };
const unset: Variable = { ...kept, source: "unset" };
let root: Root;
let asked: string[];
let answer: () => Response;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  asked = [];
  const api = createApi("t", "", async (url, init) => {
    asked.push(`${init?.method} ${String(url)}`);
    return answer();
  });
  useStore.setState({ ...initialState, api });
  useKeychain.setState({ missing: false });
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});
const show = (variables: Variable[]) => act(async () => root.render(<VariableRows variables={variables} users />));
const button = (name: string) => [...document.querySelectorAll("button")].find((one) => (one.ariaLabel ?? one.textContent) === name);
const press = (name: string) => act(async () => button(name)?.click());

test("what the keychain keeps is forgotten once that is confirmed", async () => {
  answer = () => new Response(JSON.stringify(sampleWorkspace({ variables: [unset] })));
  await show([kept]);
  await press("Forget API_KEY…");
  expect(asked).toEqual([]);
  expect(document.activeElement?.textContent, "what does no harm has the focus").toBe("Keep it");
  expect(document.body.textContent).toContain("Requests of main wait until it is set again");
  await press("Keep it");
  expect(asked).toEqual([]);
  await press("Forget API_KEY…");
  await press("Forget it");
  expect(asked).toEqual(["DELETE /workspace/variables/API_KEY"]);
  expect(useStore.getState().workspace?.variables).toEqual([unset]);
  expect(document.activeElement?.ariaLabel).toBe("API_KEY: kept in the keychain");
});

test("a keychain that refuses says why, and nothing is forgotten", async () => {
  answer = () => new Response(JSON.stringify({ code: "keychain", message: "the keychain is locked" }), { status: 503 });
  await show([kept]);
  await press("Forget API_KEY…");
  await press("Forget it");
  expect(document.querySelector("[role=alert]")?.textContent).toBe("The keychain is locked.");
  expect(button("Forget API_KEY…")).toBeDefined();
});

test("only what the keychain keeps can be forgotten, and only what is not set be set", async () => {
  await show([{ ...kept, source: "environment" }, { ...kept, name: "B", source: "dotenv" }]);
  expect(document.querySelectorAll("button")).toHaveLength(0);
  await show([unset]);
  await press("Set API_KEY…");
  expect(document.activeElement?.tagName).toBe("INPUT");
  expect(document.body.textContent).toContain("Value of API_KEY");
});
