// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ToAgent } from "@/api/agent";
import type { WorkspaceState } from "@/api/types";
import { emptySelection, panesOf, type PaneSpec } from "@/state/selection";
import { goTo, initialState, useStore } from "@/state/store";
import * as hub from "./hub";
import { PASSED_ON } from "./keys";
import { liveOf } from "./live";

const base = "tripledash.localhost:7333";
const originOf = ({ tenant, preview }: Pick<PaneSpec, "tenant" | "preview">) => `http://${tenant ?? ""}---${preview}.${base}`;
const workspace = { base, pages: [{ name: "Product", path: "/products/42", tenants: { globex: "/products/7" } }] } as unknown as WorkspaceState;

type Seat = { spec: PaneSpec; told: { message: ToAgent; origin: string }[]; says: (message: unknown, origin?: string) => void; leave: () => void };
let seats: Seat[] = [];

function seat(spec: PaneSpec): Seat {
  const told: Seat["told"] = [];
  const contentWindow = { postMessage: (message: ToAgent, origin: string) => told.push({ message, origin }) };
  const leave = hub.register(spec, { contentWindow } as unknown as HTMLIFrameElement);
  const says = (data: unknown, origin = originOf(spec)) => {
    const event = new MessageEvent("message", { data, origin });
    Object.defineProperty(event, "source", { value: contentWindow });
    window.dispatchEvent(event);
  };
  return { spec, told, says, leave };
}

const commands = ({ told }: Seat) => told.map(({ message }) => message).filter(({ tripledash }) => tripledash !== "hello");
const [acme, globex, initech] = [0, 1, 2].map((at) => () => seats[at] as Seat) as [() => Seat, () => Seat, () => Seat];

beforeEach(() => {
  vi.useFakeTimers();
  const selection = { ...emptySelection, tenants: ["acme", "globex", "initech"], previews: ["main"] };
  useStore.setState({ ...initialState, workspace, selection });
  seats = panesOf(selection).map(seat);
  for (const { spec, says } of seats) {
    hub.load(spec.key, `${originOf(spec)}/`);
    says({ tripledash: "loaded" });
    says({ tripledash: "ready", path: "/", title: "Home" });
  }
  vi.advanceTimersByTime(3000);
});

afterEach(() => {
  for (const { leave } of seats) leave();
  vi.useRealTimers();
});

const navigated = (path: string, more: object = {}) => ({ tripledash: "navigated", path, title: "", cause: "push", ...more });
const gather = () => vi.advanceTimersByTime(100);

describe("greeting", () => {
  it("goes to the origin that announced itself", () => {
    expect(acme().told).toEqual([{ message: { tripledash: "hello", keys: PASSED_ON }, origin: originOf(acme().spec) }]);
    expect(liveOf(acme().spec.key)).toMatchObject({ ready: true, elsewhere: null });
  });

  it("goes to no origin that is not a preview host", () => {
    acme().says({ tripledash: "loaded" }, "http://evil.test");
    acme().says({ tripledash: "loaded" }, `https://acme---main.${base}`);
    acme().says({ tripledash: "loaded" }, `http://${base}`);
    acme().says({ tripledash: "loaded" }, `http://evil-${base}`);
    acme().says({ tripledash: "loaded" }, `http://acme---main.${base}0`);
    acme().says({ tripledash: "loaded" }, `http://acme---main.${base}.evil.test`);
    expect(acme().told).toHaveLength(1);
  });
});

describe("tenants in the path", () => {
  const host = `http://main.${base}`;
  const enter = ({ spec, says, told }: Seat, prefix: string, path: string) => {
    hub.load(spec.key, `${host}${path}`, prefix);
    says({ tripledash: "loaded" }, host);
    says({ tripledash: "ready", path, title: "" }, host);
    told.length = 0;
  };

  beforeEach(() => {
    useStore.setState({ workspace: { ...workspace, tenancy: "path", prefix: ["tenant"], tenants: [{ id: "acme" }] } as unknown as WorkspaceState });
    enter(acme(), "/acme", "/acme");
    enter(globex(), "/gx", "/gx");
    vi.advanceTimersByTime(3000);
  });

  it("are taken off what a pane tells, and put before what it is told", () => {
    acme().says(navigated("/acme/products/42?x=1"), host);
    gather();
    expect(useStore.getState().paths[acme().spec.key]).toBe("/products/42?x=1");
    expect(useStore.getState().selection).toMatchObject({ path: "/products/42?x=1" });
    expect(commands(globex())).toEqual([{ tripledash: "navigate", path: "/gx/products/7?x=1" }]);
  });

  it("are left by a link to another's path, which is shown as what it is and not followed", () => {
    acme().says(navigated("/gx/cart"), host);
    gather();
    expect(liveOf(acme().spec.key).astray).toBe("/gx/cart");
    expect(useStore.getState().paths[acme().spec.key]).toBe("/");
    expect(commands(globex())).toEqual([]);
    void hub.steer(acme().spec.key, "/");
    expect(commands(acme())).toEqual([{ tripledash: "navigate", path: "/acme" }]);
    acme().says(navigated("/acme", { echo: true }), host);
    expect(liveOf(acme().spec.key).astray).toBeNull();
  });

  it("are no path of the pane that has none", () => {
    const spec: PaneSpec = { key: "|main|", tenant: null, preview: "main", session: null };
    const bare = seat(spec);
    seats.push(bare);
    enter(bare, "", "/films");
    vi.advanceTimersByTime(3000);
    bare.says(navigated("/acme/cart"), host);
    gather();
    expect(liveOf(spec.key).astray).toBe("/acme/cart");
    expect(commands(globex())).toEqual([]);
  });
});

describe("navigation", () => {
  it("of a person is followed by the others, each at its own path of the page", () => {
    acme().says(navigated("/products/42"));
    gather();
    expect(commands(acme())).toEqual([]);
    expect(commands(globex())).toEqual([{ tripledash: "navigate", path: "/products/7" }]);
    expect(commands(initech())).toEqual([{ tripledash: "navigate", path: "/products/42" }]);
    expect(useStore.getState().selection).toMatchObject({ path: "/products/42", page: "Product" });
  });

  it("that was asked for is noted and not followed again", () => {
    acme().says(navigated("/about"));
    gather();
    globex().says(navigated("/about", { echo: true }));
    initech().says({ tripledash: "loaded" });
    initech().says({ tripledash: "ready", path: "/sign-in", title: "" });
    gather();
    expect(commands(acme())).toEqual([]);
    expect(useStore.getState().paths[initech().spec.key]).toBe("/sign-in");
    expect(useStore.getState().selection.path).toBe("/about");
  });

  it("that redirects right after it arrived is not a person's", () => {
    hub.load(globex().spec.key, `${originOf(globex().spec)}/about`);
    for (const path of ["/about", "/sign-in"]) {
      globex().says({ tripledash: "loaded" });
      globex().says({ tripledash: "ready", path, title: "" });
    }
    gather();
    expect(commands(acme())).toEqual([]);
  });

  it("of a page that its dev server only loads again leads nobody back to it", () => {
    globex().says(navigated("/about"));
    gather();
    initech().says(navigated("/about", { echo: true }));
    // Acme's page takes longer to compile than we hold it to be ours, and its old one is loaded again meanwhile.
    vi.advanceTimersByTime(20_000);
    acme().says({ tripledash: "loaded" });
    acme().says({ tripledash: "ready", path: "/", title: "" });
    gather();
    expect([...commands(globex()), ...commands(initech())]).toEqual([{ tripledash: "navigate", path: "/about" }]);
    expect(useStore.getState().selection.path).toBe("/about");
  });

  it("of a page that is only loaded again does not take back what the address bar says", () => {
    goTo("/about");
    for (const { spec } of seats) void hub.steer(spec.key, "/about");
    initech().says(navigated("/about", { echo: true }));
    vi.advanceTimersByTime(20_000);
    acme().says({ tripledash: "loaded" });
    acme().says({ tripledash: "ready", path: "/", title: "" });
    gather();
    expect(commands(initech())).toEqual([{ tripledash: "navigate", path: "/about" }]);
    expect(useStore.getState().selection.path).toBe("/about");
  });

  it("by a click on a page that has only just arrived is a person's, and loads a document like any other", () => {
    hub.load(acme().spec.key, `${originOf(acme().spec)}/`);
    acme().says({ tripledash: "loaded" });
    acme().says({ tripledash: "ready", path: "/", title: "" });
    vi.advanceTimersByTime(300);
    acme().says({ tripledash: "touched" });
    acme().says({ tripledash: "loaded" });
    acme().says({ tripledash: "ready", path: "/about", title: "" });
    gather();
    expect(commands(globex())).toEqual([{ tripledash: "navigate", path: "/about" }]);
    expect(useStore.getState().selection.path).toBe("/about");
  });

  it("in quick succession is followed once, to where it ends", () => {
    acme().says(navigated("/a"));
    acme().says(navigated("/b", { cause: "replace" }));
    gather();
    expect(commands(globex())).toEqual([{ tripledash: "navigate", path: "/b" }]);
  });

  it("stays alone where paths are not kept in step", () => {
    useStore.setState(({ selection }) => ({ selection: { ...selection, sync: { scroll: true, path: false } } }));
    acme().says(navigated("/about"));
    gather();
    expect(commands(globex())).toEqual([]);
    expect(useStore.getState().paths[acme().spec.key]).toBe("/about");
    expect(useStore.getState().selection.path).toBe("/");
  });

  it("back, asked for in a pane's head, is a person's", () => {
    hub.traverse(acme().spec.key, "back");
    acme().says(navigated("/before", { cause: "pop", echo: true }));
    gather();
    expect(commands(globex())).toEqual([{ tripledash: "navigate", path: "/before" }]);
  });

  it("to another tenant's host is shown as such and drags nobody along", () => {
    acme().says({ tripledash: "loaded" }, originOf(globex().spec));
    acme().says({ tripledash: "ready", path: "/x", title: "" }, originOf(globex().spec));
    gather();
    expect(liveOf(acme().spec.key).elsewhere).toBe(`globex---main.${base}`);
    expect(commands(globex())).toEqual([]);
    expect(useStore.getState().paths[acme().spec.key]).toBe("/");
  });
});

describe("scrolling", () => {
  const scroll = { tripledash: "scrolled", target: "#list", x: 0, y: 0.5 };

  it("reaches every other pane and never the one it came from", () => {
    vi.advanceTimersByTime(1000);
    globex().says(scroll);
    expect(commands(globex())).toEqual([]);
    for (const other of [acme(), initech()]) expect(commands(other)).toEqual([{ tripledash: "scroll", target: "#list", x: 0, y: 0.5 }]);
  });

  it("reaches nobody when it is switched off, or when it is not well-formed", () => {
    vi.advanceTimersByTime(1000);
    globex().says({ ...scroll, y: "down" });
    useStore.setState(({ selection }) => ({ selection: { ...selection, sync: { scroll: false, path: true } } }));
    globex().says(scroll);
    expect(commands(acme())).toEqual([]);
  });
});

it("notices a document that has no agent", () => {
  hub.loaded(acme().spec.key);
  vi.advanceTimersByTime(1000);
  expect(liveOf(acme().spec.key).ready).toBe(true);
  hub.loaded(acme().spec.key);
  vi.advanceTimersByTime(1000);
  expect(liveOf(acme().spec.key).ready).toBe(false);
});
