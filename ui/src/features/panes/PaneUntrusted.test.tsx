// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/api/client";
import { samplePreview, sampleWorkspace } from "@/state/samples";
import { applyLine, initialState, useStore } from "@/state/store";
import { TrustDialog } from "@/features/workspace/TrustDialog";
import { PaneUntrusted } from "./PaneUntrusted";

const line = { place: "previews", line: "sends KEY to https://a.example", folder: null, when: "with each request" };
const standing = (trusted: boolean) => sampleWorkspace({
  revision: trusted ? 2 : 1, trust: { folder: "/w", trusted, commands: [line] },
  previews: [samplePreview("far", { untrusted: trusted ? null : line.line })],
});

/** Tells of the trust in the stream first, and answers in a later task. */
async function engine(): Promise<Response> {
  await act(async () => applyLine({ kind: "workspace", workspace: standing(true) }));
  await new Promise((done) => setTimeout(done));
  return Response.json(standing(true));
}

function Page() {
  const untrusted = useStore(({ workspace }) => workspace?.previews[0]?.untrusted ?? null);
  const dialog = useStore((state) => state.dialog);
  return (
    <>
      <section tabIndex={-1}>{untrusted === null ? "the page" : <PaneUntrusted preview="far" sends={untrusted} brief={false} />}</section>
      {dialog?.kind === "trust" ? <TrustDialog start={dialog.start} /> : null}
    </>
  );
}

let root: Root;
beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  useStore.setState({ ...initialState, api: createApi("t", "/api", engine), workspace: standing(false) }, true);
  root = createRoot(document.body.appendChild(document.createElement("div")));
  await act(async () => root.render(<Page />));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const press = (label: string) => act(async () => {
  const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === label);
  button?.focus();
  button?.click();
});

test("who trusts the folder goes on in the pane that asked for it", async () => {
  const pane = document.querySelector("section");
  expect(pane?.querySelector("[role=status]")?.textContent).toContain("far waits for your trust");
  await press("See what it would do…");
  await press("Trust this folder");
  expect(pane?.textContent).toBe("the page");
  await vi.waitFor(() => expect(document.activeElement).toBe(pane));
  expect(document.querySelector("[role=dialog]")).toBeNull();
});
