// What the agent script in a pane and the workbench page say to each other by postMessage.
// The page says hello to a pane's origin; the agent acts only after that, and only for the workbench's origin.

/** `canGoBack` is null where the browser does not tell; only the frame's own history counts. */
type Place = { path: string; title: string; canGoBack?: boolean | null; canGoForward?: boolean | null };

export type FromAgent =
  /** At the start of every document, before anybody asked, so that the page says hello. */
  | { tripledash: "loaded" }
  /** The answer to hello. */
  | ({ tripledash: "ready" } & Place)
  /** A move inside the document. `echo`: the page asked for it. */
  | ({ tripledash: "navigated"; cause: "push" | "replace" | "pop" | "hash"; echo?: boolean } & Place)
  /** A person pressed a key or a pointer in the document: what it does next is theirs. */
  | { tripledash: "touched" }
  /** Keys that the page asked for in its hello, and that the app had no use for. */
  | { tripledash: "key"; keys: string }
  /** `target`: "" for the document, else a CSS path of an inner scroller. `x`, `y`: 0 to 1 of what can be scrolled. */
  | { tripledash: "scrolled"; target: string; x: number; y: number }
  | { tripledash: "error"; message: string };

export type ToAgent =
  /** `keys`: shortcuts to be told of, such as `mod+k`. */
  | { tripledash: "hello"; keys?: readonly string[] }
  | { tripledash: "navigate"; path: string }
  | { tripledash: "scroll"; target: string; x: number; y: number }
  | { tripledash: "reload" }
  | { tripledash: "back" }
  | { tripledash: "forward" };
