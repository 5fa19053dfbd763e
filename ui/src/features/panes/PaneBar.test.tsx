// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paneKey } from "@/state/selection";
import { sampleBranch, samplePreview, sampleServer, sampleWorkspace } from "@/state/samples";
import { initialState, useStore } from "@/state/store";
import { noLive, useLive } from "./live";
import { PaneBar, useBar } from "./PaneBar";

function Bar({ tenant }: { tenant: string | null }) {
  const bar = useBar({ key: paneKey(tenant, "main", null), tenant, preview: "main", session: null }, "/");
  return bar === null ? null : <PaneBar {...bar} />;
}

let root: Root;
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  useLive.setState({ live: {} });
  vi.unstubAllGlobals();
});

const base = "tripledash.localhost:7333";
const host = (name: string) => ({ elsewhere: `${name}.${base}` });
test.each([
  ["another tenant's host", ["tenant"], "acme", host("globex---main"), "The page left this tenant: now at globex---main"],
  ["another tenant's path", ["tenant"], "acme", { astray: "/globex/cart" }, "The page left this tenant: now at /globex/cart"],
  ["a tenant's path", ["tenant"], null, { astray: "/globex/cart" }, "The page went to a tenant: now at /globex/cart"],
  ["a tenant's host", ["tenant"], null, host("globex---main"), "The page left this address: now at globex---main"],
  // whose it is, the tenant's or an app's other language, the engine alone could say
  ["another language's host", ["locale", "tenant"], "acme", host("fr---acme---main"), "The page left this address: now at fr---acme---main"],
  ["another language's path", ["locale", "tenant"], "acme", { astray: "/fr/acme/cart" }, "The page left this address: now at /fr/acme/cart"],
])("a page that went to %s is said to have left what its address names", async (_, prefix, tenant, went, said) => {
  useStore.setState({ ...initialState, workspace: sampleWorkspace({ base, prefix, previews: [samplePreview("main")] }) }, true);
  useLive.setState({ live: { [paneKey(tenant, "main", null)]: { ...noLive, ...went } } });
  await act(async () => root.render(<Bar tenant={tenant} />));
  expect(document.querySelector("[role=status] span")?.textContent).toBe(said);
});

test("what should be known of a server is said over its page until it is dismissed, and again when it is something else", async () => {
  const say = (message: string) => act(async () => useStore.setState({
    ...initialState,
    workspace: sampleWorkspace({ previews: [sampleBranch("main", { upstream: "http://localhost:3001", server: sampleServer({ state: "ready", port: 3001, hasLog: true, message }) })] }),
  }, true));
  const said = () => document.querySelector("[role=status] span")?.textContent;
  await say("it was given port 34347 and listens elsewhere: put `{port}` into its command, or let it read PORT");
  await act(async () => root.render(<Bar tenant={null} />));
  expect(said()).toBe("It was given port 34347 and listens elsewhere: put {port} into its command, or let it read PORT.");
  await act(async () => document.querySelector<HTMLElement>("[aria-label=Dismiss]")?.click());
  expect(said()).toBeUndefined();
  await say("its checkout stays behind the branch: 1 changed file is not committed");
  expect(said()).toContain("stays behind");
});
