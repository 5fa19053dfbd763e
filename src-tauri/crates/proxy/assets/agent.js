// @ts-check
// The agent: runs first in every document of a pane and lets the workbench page follow and steer it.
//
// - It says `loaded` to its parent, at the workbench's exact origin, and does nothing more until that
//   origin says `hello`. Outside a pane (a window of its own, a frame inside a tenant's page) it is idle.
// - It adds no node and takes its own script tag away, so that an app which hydrates the whole document
//   finds exactly what it rendered.
// - It passes every history call on unchanged, and never throws into the app.
// - What it did itself is not told as if a person had done it: an applied scroll is silent, an applied
//   navigation inside the document is told with `echo: true`.
(function () {
  "use strict";

  const script = document.currentScript;
  const workbench = script ? script.getAttribute("data-workbench") : null;
  if (script) script.remove();

  // Only a direct child of the top page can be a pane.
  if (!workbench || window.parent === window || window.parent !== window.top) return;
  const ancestors = window.location.ancestorOrigins;
  if (ancestors && ancestors.length > 0 && ancestors[0] !== workbench) return;

  /** Errors told per document: a page that throws in a loop must not drown the workbench. */
  const ERROR_LIMIT = 20;
  const MESSAGE_LIMIT = 500;
  /** How long scroll events after an applied scroll count as its echo (anchoring, late images). */
  const SCROLL_ECHO_MS = 150;

  const parent = window.parent;
  let greeted = false;
  /** @type {string[]} */
  let untoldErrors = [];
  let errorsSeen = 0;

  /** @param {Record<string, unknown>} message */
  function tell(message) {
    try {
      parent.postMessage(message, workbench || "");
    } catch (_) {
      // The page is going away, or the message cannot be cloned: nothing to tell any more.
    }
  }

  // --- where the document is ---

  function path() {
    const at = window.location;
    return at.pathname + at.search + at.hash;
  }

  /** This frame's own history where the browser knows it; `history` is shared by all panes. */
  function traversal() {
    const own = /** @type {any} */ (window).navigation;
    return own && typeof own.canGoBack === "boolean" ? own : null;
  }

  /** What every message about a place carries. */
  function place() {
    const own = traversal();
    return {
      path: path(),
      title: document.title,
      canGoBack: own ? own.canGoBack : null,
      canGoForward: own ? own.canGoForward : null,
    };
  }

  let told = path();
  /** The path that an applied `navigate` leads to, until it is reached. @type {string | null} */
  let applied = null;
  /** Until when the next pop is the end of an applied `back` or `forward`, wherever that leads. */
  let poppingUntil = 0;
  const POP_MS = 1000;

  /** @param {"push" | "replace" | "pop" | "hash"} cause */
  function moved(cause) {
    const now = path();
    if (now === told) return;
    told = now;
    const echo = applied === now || performance.now() < poppingUntil;
    applied = null;
    poppingUntil = 0;
    if (greeted) tell(Object.assign({ tripledash: "navigated", cause, echo }, place()));
  }

  /**
   * @param {"pushState" | "replaceState"} name
   * @param {"push" | "replace"} cause
   */
  function follow(name, cause) {
    const original = History.prototype[name];
    /** @this {History} @param {Parameters<History["pushState"]>} args */
    History.prototype[name] = function (...args) {
      const result = original.apply(this, args);
      if (this === window.history) moved(cause);
      return result;
    };
  }

  follow("pushState", "push");
  follow("replaceState", "replace");
  // A move between fragments fires popstate too; hashchange follows and tells it by its right name.
  window.addEventListener("popstate", () => {
    if (path().split("#")[0] !== told.split("#")[0]) moved("pop");
  });
  window.addEventListener("hashchange", () => moved("hash"));

  // A person acts: what the document does next, even its end, is theirs and not what it was told to do.
  ["pointerdown", "keydown", "click"].forEach((name) => {
    window.addEventListener(
      name,
      (event) => {
        if (greeted && event.isTrusted) tell({ tripledash: "touched" });
      },
      { capture: true, passive: true },
    );
  });

  /** @param {unknown} wanted */
  function navigate(wanted) {
    if (typeof wanted !== "string" || wanted[0] !== "/") return;
    let url;
    try {
      url = new URL(wanted, window.location.origin);
    } catch (_) {
      return;
    }
    const at = window.location;
    if (url.origin !== at.origin) return;
    const target = url.pathname + url.search + url.hash;
    if (target === path()) {
      // Nothing to do, and the page waits to hear that it is done.
      tell(Object.assign({ tripledash: "navigated", cause: "replace", echo: true }, place()));
      return;
    }
    applied = target;
    if (url.pathname === at.pathname && url.search === at.search) at.hash = url.hash;
    else at.assign(target);
  }

  /** @param {"back" | "forward"} direction */
  function traverse(direction) {
    const own = traversal();
    if (own && !(direction === "back" ? own.canGoBack : own.canGoForward)) return;
    poppingUntil = performance.now() + POP_MS;
    if (!own) window.history[direction]();
    // A move to another document never settles here; one that the app cancels rejects.
    else own[direction]().finished.catch(() => (poppingUntil = 0));
  }

  // --- scrolling ---

  /** @type {Map<Element, { x: number, y: number, at: number }>} */
  const appliedScrolls = new Map();
  /** @type {Set<Element>} */
  const scrolled = new Set();
  let frame = 0;

  function root() {
    return document.scrollingElement || document.documentElement;
  }

  /** @param {Element} element */
  function isRoot(element) {
    return element === root() || element === document.documentElement;
  }

  /** @param {number} at @param {number} range */
  function fraction(at, range) {
    if (range <= 0) return 0;
    // Right-to-left documents count from 0 down to -range; as a fraction of the way both read alike.
    return Math.min(1, Math.abs(at) / range);
  }

  /** A path that finds the same scroller in another tenant's page. @param {Element} element */
  function cssPath(element) {
    const steps = [];
    for (let at = /** @type {Element | null} */ (element); at && at !== document.body; at = at.parentElement) {
      if (at.id && document.querySelectorAll("#" + CSS.escape(at.id)).length === 1) {
        steps.unshift("#" + CSS.escape(at.id));
        return steps.join(" > ");
      }
      let nth = 1;
      for (let before = at.previousElementSibling; before; before = before.previousElementSibling) {
        if (before.tagName === at.tagName) nth += 1;
      }
      steps.unshift(at.tagName.toLowerCase() + ":nth-of-type(" + nth + ")");
    }
    return ["body"].concat(steps).join(" > ");
  }

  /** @param {Element} element */
  function isEcho(element) {
    const was = appliedScrolls.get(element);
    if (!was) return false;
    const same = Math.abs(element.scrollLeft - was.x) <= 1 && Math.abs(element.scrollTop - was.y) <= 1;
    if (same || performance.now() - was.at < SCROLL_ECHO_MS) return true;
    appliedScrolls.delete(element);
    return false;
  }

  function tellScrolls() {
    frame = 0;
    scrolled.forEach((element) => {
      if (!element.isConnected || isEcho(element)) return;
      tell({
        tripledash: "scrolled",
        target: isRoot(element) ? "" : cssPath(element),
        x: fraction(element.scrollLeft, element.scrollWidth - element.clientWidth),
        y: fraction(element.scrollTop, element.scrollHeight - element.clientHeight),
      });
    });
    scrolled.clear();
  }

  document.addEventListener(
    "scroll",
    (event) => {
      if (!greeted) return;
      const target = event.target;
      scrolled.add(target instanceof Element ? target : root());
      if (!frame) frame = window.requestAnimationFrame(tellScrolls);
    },
    { capture: true, passive: true },
  );
  // The person takes over: what an applied scroll left behind no longer hides theirs.
  ["wheel", "touchmove", "pointerdown", "keydown"].forEach((name) => {
    window.addEventListener(name, () => appliedScrolls.clear(), { capture: true, passive: true });
  });

  /** @param {unknown} target @param {unknown} x @param {unknown} y */
  function scroll(target, x, y) {
    if (typeof target !== "string" || typeof x !== "number" || typeof y !== "number") return;
    let element = null;
    try {
      element = target === "" ? root() : document.querySelector(target);
    } catch (_) {
      return;
    }
    if (!element) return;
    const sign = getComputedStyle(element).direction === "rtl" ? -1 : 1;
    element.scrollTo({
      left: sign * x * Math.max(0, element.scrollWidth - element.clientWidth),
      top: y * Math.max(0, element.scrollHeight - element.clientHeight),
      behavior: "instant",
    });
    appliedScrolls.set(element, { x: element.scrollLeft, y: element.scrollTop, at: performance.now() });
  }

  // --- errors ---

  /** @param {unknown} reason */
  function failed(reason) {
    errorsSeen += 1;
    if (errorsSeen > ERROR_LIMIT) return;
    let message = "unknown error";
    try {
      message = String(reason instanceof Error ? reason.name + ": " + reason.message : reason);
    } catch (_) {
      // An object without a usable toString: the fallback says enough.
    }
    message = message.slice(0, MESSAGE_LIMIT);
    if (greeted) tell({ tripledash: "error", message });
    else untoldErrors.push(message);
  }

  window.addEventListener("error", (event) => failed(event.error || event.message));
  window.addEventListener("unhandledrejection", (event) => failed(event.reason));

  // --- keys ---

  /** What the workbench asked to be told of, as in `mod+shift+k` and `/`. @type {Set<unknown>} */
  let wantedKeys = new Set();
  const isMac = /mac/i.test(window.navigator.platform);

  /** Whether the key is text where it was pressed; the path leads into open shadow trees. @param {KeyboardEvent} event */
  function isTyped(event) {
    const target = event.composedPath()[0];
    return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  }

  /** @param {KeyboardEvent} event */
  function keysOf(event) {
    const { ctrlKey, metaKey, altKey, shiftKey, key } = event;
    if (altKey || typeof key !== "string") return null;
    if (!ctrlKey && !metaKey) return key.length === 1 && !event.isComposing && !isTyped(event) ? key : null;
    if (ctrlKey === isMac || metaKey !== isMac) return null;
    return "mod+" + (shiftKey ? "shift+" : "") + key.toLowerCase();
  }

  /** @param {KeyboardEvent} event */
  function passOn(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    tell({ tripledash: "key", keys: keysOf(event) });
  }

  // Listened for anew with each press, so that it comes after every listener of the app: what that took is its own.
  window.addEventListener(
    "keydown",
    (event) => {
      window.removeEventListener("keydown", passOn);
      if (greeted && event.isTrusted && wantedKeys.has(keysOf(event))) window.addEventListener("keydown", passOn, { once: true });
    },
    { capture: true },
  );

  // --- the workbench page ---

  /** @param {unknown} keys */
  function greet(keys) {
    greeted = true;
    wantedKeys = new Set(Array.isArray(keys) ? keys : []);
    told = path();
    tell(Object.assign({ tripledash: "ready" }, place()));
    untoldErrors.forEach((message) => tell({ tripledash: "error", message }));
    untoldErrors = [];
  }

  window.addEventListener("message", (event) => {
    if (event.origin !== workbench || event.source !== parent) return;
    const message = event.data;
    if (!message || typeof message !== "object" || typeof message.tripledash !== "string") return;
    // Not for the app, which may expect every message to be its own.
    event.stopImmediatePropagation();
    if (message.tripledash === "hello") return greet(message.keys);
    if (!greeted) return;
    switch (message.tripledash) {
      case "navigate":
        return navigate(message.path);
      case "scroll":
        return scroll(message.target, message.x, message.y);
      case "reload":
        return window.location.reload();
      case "back":
      case "forward":
        return traverse(message.tripledash);
    }
  });

  // A document that comes back from the back-forward cache must be greeted again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) tell({ tripledash: "loaded" });
  });
  tell({ tripledash: "loaded" });
})();
