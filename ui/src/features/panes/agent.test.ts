// @vitest-environment node
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";
import { beforeEach, describe, expect, it, vi } from "vitest";

const source = readFileSync(new URL("../../../../src-tauri/crates/proxy/assets/agent.js", import.meta.url), "utf8");
const WORKBENCH = "http://tripledash.localhost:7333";
const PANE = "http://acme---main.tripledash.localhost:7333";

type Told = Record<string, unknown> & { tripledash: string };
type Opened = ReturnType<typeof open>;

/** A document of a pane, its parent a page that only listens. */
function open({ top = "parent", workbench = WORKBENCH, path = "/products/42" }: { top?: "parent" | "other"; workbench?: string | null; path?: string } = {}) {
  const attribute = workbench === null ? "" : ` data-workbench="${workbench}"`;
  const html = `<!doctype html><html><head><script src="/__tripledash/agent.js"${attribute}></script><title>Plane</title></head><body><main><div id="list"></div><div><p></p></div></main></body></html>`;
  const dom = new JSDOM(html, { url: PANE + path, runScripts: "outside-only", pretendToBeVisual: true });
  const { window } = dom;
  const told: { message: Told; origin: string }[] = [];
  const parent = { postMessage: (message: Told, origin: string) => told.push({ message, origin }) };
  Object.defineProperty(window, "parent", { value: parent });
  dom.reconfigure({ windowTop: (top === "parent" ? parent : {}) as never });
  Object.defineProperty(window.document, "currentScript", { configurable: true, value: window.document.querySelector("script") });
  // jsdom lays nothing out and has no scrollTo; the tests of scrolling give sizes to what they scroll.
  window.Element.prototype.scrollTo = function (this: Element, options?: ScrollToOptions | number) {
    if (typeof options !== "object") throw new Error("the agent scrolls with options");
    this.scrollTop = options.top ?? 0;
    this.scrollLeft = options.left ?? 0;
  } as Element["scrollTo"];
  // jsdom has no CSS.escape; the ids of these documents need no escaping.
  Object.defineProperty(window, "CSS", { value: { escape: (text: string) => text } });
  const globals = new Set(Object.getOwnPropertyNames(window));
  window.eval(source);
  const say = (data: unknown, { origin = WORKBENCH, from = parent as unknown } = {}) => {
    const event = new window.MessageEvent("message", { data, origin });
    Object.defineProperty(event, "source", { value: from });
    window.dispatchEvent(event);
    return event;
  };
  return { window, told, say, parent, left: Object.getOwnPropertyNames(window).filter((name) => !globals.has(name)), messages: () => told.map(({ message }) => message), clear: () => told.splice(0) };
}

function greeted(path?: string): Opened {
  const pane = open(path === undefined ? {} : { path });
  pane.say({ tripledash: "hello" });
  pane.clear();
  return pane;
}

/** Dispatches past the public door, which takes the trust away from every event: only a browser gives it. */
function press({ Event, KeyboardEvent, document }: Opened["window"], type: string, { trusted, keys, on = document.body }: { trusted: boolean; keys?: KeyboardEventInit; on?: HTMLElement }): boolean {
  type Inner = { isTrusted: boolean; _dispatch: (event: Inner) => void };
  const inner = (outer: object) => (outer as Record<symbol, Inner>)[Object.getOwnPropertySymbols(outer)[0] as symbol] as Inner;
  const outer = keys ? new KeyboardEvent(type, { bubbles: true, cancelable: true, ...keys }) : new Event(type, { bubbles: true });
  const event = inner(outer);
  event.isTrusted = trusted;
  inner(on)._dispatch(event);
  return outer.defaultPrevented;
}

const frame = (window: Opened["window"]) => new Promise((resolve) => window.requestAnimationFrame(resolve));

describe("handshake", () => {
  it("announces itself to the workbench's origin only, and waits", () => {
    const pane = open();
    pane.window.history.pushState(null, "", "/about");
    pane.say({ tripledash: "navigate", path: "/x#y" });
    expect(pane.told).toEqual([{ message: { tripledash: "loaded" }, origin: WORKBENCH }]);
  });

  it("answers hello with where it is", () => {
    const pane = open({ path: "/products/42?a=1#b" });
    pane.say({ tripledash: "hello" });
    expect(pane.messages()[1]).toMatchObject({ tripledash: "ready", path: "/products/42?a=1#b", title: "Plane" });
  });

  it("hears nobody but its parent at the workbench's origin", () => {
    const pane = open();
    pane.say({ tripledash: "hello" }, { origin: "http://evil.tripledash.localhost:7333" });
    pane.say({ tripledash: "hello" }, { from: pane.window });
    expect(pane.messages()).toEqual([{ tripledash: "loaded" }]);
  });

  it("keeps its messages from the app and leaves the app's own alone", () => {
    const pane = greeted();
    const seen = vi.fn();
    pane.window.addEventListener("message", seen);
    pane.say({ tripledash: "scroll", target: "", x: 0, y: 0 });
    expect(seen).not.toHaveBeenCalled();
    pane.say({ other: 1 });
    pane.say("text");
    expect(seen).toHaveBeenCalledTimes(2);
  });

  it.each([["inside another frame", { top: "other" as const }], ["without a workbench", { workbench: null }]])("is idle %s", (_, how) => {
    const pane = open(how);
    pane.say({ tripledash: "hello" });
    expect(pane.told).toEqual([]);
  });

  it("leaves no global and no node behind", () => {
    const { left, window } = open();
    expect(left).toEqual([]);
    expect(window.document.querySelector("script")).toBeNull();
    expect(window.document.head.children).toHaveLength(1);
  });
});

describe("moves", () => {
  let pane: Opened;
  beforeEach(() => {
    pane = greeted();
  });

  it("tells pushes and replaces once each, and not those that stay at the same place", () => {
    pane.window.history.pushState({ a: 1 }, "", "/about");
    pane.window.history.replaceState({ a: 2 }, "", "/about");
    pane.window.history.replaceState(null, "", "/team");
    expect(pane.messages()).toMatchObject([
      { tripledash: "navigated", cause: "push", path: "/about", echo: false },
      { tripledash: "navigated", cause: "replace", path: "/team", echo: false },
    ]);
    expect(pane.window.history.length).toBe(2);
  });

  it("passes on what the app's own wrapper of pushState does", () => {
    const original = pane.window.history.pushState.bind(pane.window.history);
    pane.window.history.pushState = (state: unknown, unused: string, url?: string | URL | null) => original({ state }, unused, url);
    pane.window.history.pushState(1, "", "/a");
    expect(pane.window.history.state).toEqual({ state: 1 });
    expect(pane.messages()).toMatchObject([{ path: "/a" }]);
  });

  it("tells that a person touched the page, and nothing of clicks that the app makes", () => {
    press(pane.window, "click", { trusted: false });
    expect(pane.messages()).toEqual([]);
    for (const type of ["pointerdown", "keydown", "click"]) press(pane.window, type, { trusted: true });
    expect(pane.messages()).toEqual([{ tripledash: "touched" }, { tripledash: "touched" }, { tripledash: "touched" }]);
  });

  it("throws what the browser throws", () => {
    expect(() => pane.window.history.pushState(null, "", "http://other.test/")).toThrow(/SecurityError|other\.test/);
  });

  it("tells a pop, and a move between fragments as that", async () => {
    pane.window.history.pushState(null, "", "/about");
    pane.window.location.hash = "#team";
    await vi.waitFor(() => expect(pane.messages().at(-1)).toMatchObject({ cause: "hash", path: "/about#team" }));
    pane.window.history.back();
    await vi.waitFor(() => expect(pane.messages().at(-1)).toMatchObject({ cause: "hash", path: "/about" }));
    pane.window.history.back();
    await vi.waitFor(() => expect(pane.messages().at(-1)).toMatchObject({ cause: "pop", path: "/products/42" }));
  });

  it("applies a navigation inside the document and says that it was not a person's", async () => {
    pane.say({ tripledash: "navigate", path: "/products/42#size" });
    await vi.waitFor(() => expect(pane.messages()).toMatchObject([{ tripledash: "navigated", cause: "hash", path: "/products/42#size", echo: true }]));
  });

  it("says so when it is already there", () => {
    pane.say({ tripledash: "navigate", path: "/products/42" });
    expect(pane.messages()).toMatchObject([{ tripledash: "navigated", path: "/products/42", echo: true }]);
  });

  it.each(["//evil.test/x", "http://evil.test/", "javascript:alert(1)", 7, null, "/\\evil.test"])("goes nowhere for %s", (path) => {
    pane.say({ tripledash: "navigate", path });
    expect(pane.messages()).toEqual([]);
    expect(pane.window.location.href).toBe(`${PANE}/products/42`);
  });

  it("tells a commanded back as its own doing", async () => {
    pane.window.history.pushState(null, "", "/about");
    pane.say({ tripledash: "back" });
    await vi.waitFor(() => expect(pane.messages().at(-1)).toMatchObject({ cause: "pop", path: "/products/42", echo: true }));
  });
});

describe("keys", () => {
  const palette = { key: "k", ctrlKey: true };
  let pane: Opened;
  const down = (keys: KeyboardEventInit, trusted = true) => press(pane.window, "keydown", { trusted, keys });
  const told = () => pane.messages().filter(({ tripledash }) => tripledash === "key");

  beforeEach(() => {
    pane = open();
    pane.say({ tripledash: "hello", keys: ["mod+k", "mod+shift+f"] });
  });

  it("are passed on where they were asked for and the app has no use for them", () => {
    expect(down(palette)).toBe(true);
    expect(down({ key: "F", ctrlKey: true, shiftKey: true })).toBe(true);
    expect(told()).toEqual([{ tripledash: "key", keys: "mod+k" }, { tripledash: "key", keys: "mod+shift+f" }]);
  });

  it("stay with the page where nobody asked for them, and where a person did not press them", () => {
    for (const keys of [{ key: "k" }, { key: "k", ctrlKey: true, altKey: true }, { key: "k", metaKey: true }, { key: "s", ctrlKey: true }]) expect(down(keys)).toBe(false);
    down(palette, false);
    pane.say({ tripledash: "hello" });
    down(palette);
    expect(told()).toEqual([]);
  });

  it("without Ctrl are text in a field, and passed on elsewhere", () => {
    pane.say({ tripledash: "hello", keys: ["/"] });
    const { document } = pane.window;
    const field = document.body.appendChild(document.createElement("input"));
    expect(press(pane.window, "keydown", { trusted: true, keys: { key: "/" }, on: field })).toBe(false);
    expect(told()).toEqual([]);
    expect(down({ key: "/", shiftKey: true }), "as on a German keyboard").toBe(true);
    expect(down({ key: "?" })).toBe(false);
    expect(told()).toEqual([{ tripledash: "key", keys: "/" }]);
  });

  it("stay with an app that takes them, however late it listens", () => {
    const take = (event: Event) => event.preventDefault();
    pane.window.addEventListener("keydown", take);
    down(palette);
    expect(told()).toEqual([]);
    pane.window.removeEventListener("keydown", take);
    const stop = (event: Event) => event.stopPropagation();
    pane.window.document.body.addEventListener("keydown", stop);
    down(palette);
    expect(told()).toEqual([]);
    pane.window.document.body.removeEventListener("keydown", stop);
    down({ key: "a" });
    expect(told()).toEqual([]);
    down(palette);
    expect(told()).toHaveLength(1);
  });
});

describe("scrolling", () => {
  let pane: Opened;
  const sized = (element: Element, { height, view }: { height: number; view: number }) => {
    Object.defineProperties(element, { scrollHeight: { value: height }, clientHeight: { value: view }, scrollWidth: { value: 100 }, clientWidth: { value: 100 } });
  };
  const scrolls = (target: EventTarget) => target.dispatchEvent(new pane.window.Event("scroll"));

  beforeEach(() => {
    pane = greeted();
    const { document } = pane.window;
    sized(document.documentElement, { height: 2000, view: 1000 });
    for (const element of document.querySelectorAll("div")) sized(element, { height: 300, view: 100 });
  });

  it("is told as a share of the way, once a frame", async () => {
    pane.window.document.documentElement.scrollTop = 250;
    scrolls(pane.window.document);
    scrolls(pane.window.document);
    await frame(pane.window);
    expect(pane.messages()).toEqual([{ tripledash: "scrolled", target: "", x: 0, y: 0.25 }]);
  });

  it("names an inner scroller by its id, else by its place", async () => {
    const [list, other] = pane.window.document.querySelectorAll("div");
    if (!list || !other) throw new Error("the document has two scrollers");
    list.scrollTop = 200;
    scrolls(list);
    scrolls(other);
    await frame(pane.window);
    expect(pane.messages()).toEqual([
      { tripledash: "scrolled", target: "#list", x: 0, y: 1 },
      { tripledash: "scrolled", target: "body > main:nth-of-type(1) > div:nth-of-type(2)", x: 0, y: 0 },
    ]);
  });

  it("is silent about a scroll that it applied, and not about the person's next one", async () => {
    const root = pane.window.document.documentElement;
    pane.say({ tripledash: "scroll", target: "", x: 0, y: 0.5 });
    expect(root.scrollTop).toBe(500);
    scrolls(pane.window.document);
    await frame(pane.window);
    expect(pane.messages()).toEqual([]);
    pane.window.dispatchEvent(new pane.window.Event("wheel"));
    root.scrollTop = 510;
    scrolls(pane.window.document);
    await frame(pane.window);
    expect(pane.messages()).toMatchObject([{ y: 0.51 }]);
  });

  it("does nothing for a scroller that is not there", () => {
    for (const target of ["#gone", "((", 4]) pane.say({ tripledash: "scroll", target, x: 0, y: 1 });
    expect(pane.window.document.documentElement.scrollTop).toBe(0);
  });
});

describe("errors", () => {
  const fail = ({ window }: Opened, message: string) =>
    window.dispatchEvent(new window.ErrorEvent("error", { message, error: new window.Error(message) }));

  it("from before hello are told after it, cut short and not without end", () => {
    const pane = open();
    fail(pane, "x".repeat(1000));
    for (let at = 0; at < 50; at += 1) fail(pane, `later ${at}`);
    pane.say({ tripledash: "hello" });
    const errors = pane.messages().filter(({ tripledash }) => tripledash === "error");
    expect(errors).toHaveLength(20);
    expect(String(errors[0]?.["message"])).toHaveLength(500);
  });

  it("that nobody caught are told by name", () => {
    const pane = greeted();
    fail(pane, "boom");
    expect(pane.messages()).toEqual([{ tripledash: "error", message: "Error: boom" }]);
  });
});
