// What the agent script in a pane and the workbench page say to each other by postMessage.
// The page says hello to a pane's origin; the agent acts only after that, and only for the workbench's origin.

export type FromAgent =
  | { tripledash: "ready"; path: string; title: string }                       // sent after hello (and the agent announces {tripledash:"loaded"} at start so that the page says hello)
  | { tripledash: "loaded" }
  | { tripledash: "navigated"; path: string; title: string; cause: "push" | "replace" | "pop" | "hash" }
  | { tripledash: "scrolled"; target: string; x: number; y: number }           // target: "" for the document or a CSS path for an inner scroller; x, y in 0..1 of the scrollable range
  | { tripledash: "error"; message: string };

export type ToAgent =
  | { tripledash: "hello" }
  | { tripledash: "navigate"; path: string }
  | { tripledash: "scroll"; target: string; x: number; y: number }
  | { tripledash: "reload" }
  | { tripledash: "back" }
  | { tripledash: "forward" };
