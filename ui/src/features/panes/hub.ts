import type { FromAgent, ToAgent } from "@/api/agent";
import type { PaneSpec } from "@/state/selection";
import { paneMoved, select, useStore } from "@/state/store";
import { joined, namesTenant, within } from "@/state/tenancy";
import { addError, forgetLive, liveOf, setLive } from "./live";
import { pathAddress } from "./pathUrl";
import { PASSED_ON, runPassedOn } from "./keys";
import { ScrollLead } from "./scrollLead";
import { Holds, canonical, mapPath } from "./sync";

/**
 * The page's end of every pane: greets the agents, keeps what they tell, and passes on what a person did in one pane to the
 * others. A pane that cannot be reached by its agent (an error page, a file) is steered by its frame's address.
 */
type Pane = {
  spec: PaneSpec;
  frame: HTMLIFrameElement;
  origin: string | null;
  /** What stands before its own paths where the tenants are in the path. */
  prefix: string;
  announced: number;
  seen: number;
  /** The path of its own host that it told last. */
  at: string | null;
};

const panes = new Map<string, Pane>();
const holds = new Holds();
const lead = new ScrollLead();
const now = () => performance.now();
const pages = () => useStore.getState().workspace?.pages ?? [];

/** Moves in one pane within this time are one move: apps push and replace in one go. */
const GATHER_MS = 60;
/** How long after a document has loaded its agent may still announce itself. */
const ANNOUNCE_MS = 300;

export function register(spec: PaneSpec, frame: HTMLIFrameElement): () => void {
  panes.set(spec.key, { spec, frame, origin: null, prefix: "", announced: 0, seen: 0, at: null });
  if (panes.size === 1) window.addEventListener("message", onMessage);
  return () => {
    panes.delete(spec.key);
    holds.forget(spec.key);
    forgetLive(spec.key);
    if (panes.size === 0) window.removeEventListener("message", onMessage);
  };
}

/** Puts an address into a pane's frame. */
export function load(key: string, url: string, prefix = ""): void {
  const pane = panes.get(key);
  if (!pane) return;
  pane.origin = new URL(url).origin;
  pane.prefix = prefix;
  holds.hold(key, now());
  setLive(key, { loading: true, elsewhere: null, astray: null, errors: [] });
  pane.frame.src = url;
}

/** The frame has loaded something. Without an announcement since the one before, it holds a document that has no agent. */
export function loaded(key: string): void {
  const pane = panes.get(key);
  if (!pane || pane.origin === null) return;
  setLive(key, { loading: false });
  const { seen } = pane;
  window.setTimeout(() => {
    if (pane.announced === seen) setLive(key, { ready: false, canGoBack: null });
    pane.seen = pane.announced;
  }, ANNOUNCE_MS);
}

/** Sends a pane to a path of its own tenant. */
export async function steer(key: string, path: string): Promise<void> {
  const pane = panes.get(key);
  if (!pane) return;
  const { ready, elsewhere } = liveOf(key);
  if (ready && elsewhere === null) {
    holds.hold(key, now());
    send(pane, { tripledash: "navigate", path: joined(pane.prefix, path) });
    return;
  }
  const address = await pathAddress(pane.spec, path);
  if (address?.url) load(key, address.url, address.pathPrefix);
}

export function reload(key: string, path: string): void {
  const pane = panes.get(key);
  if (!pane) return;
  const { ready, elsewhere } = liveOf(key);
  if (!ready || elsewhere !== null) return void steer(key, path);
  holds.hold(key, now());
  setLive(key, { loading: true });
  send(pane, { tripledash: "reload" });
}

/** Panes told to go back or forward by a person, who means it as if done inside: the others follow where they arrive. */
const traversing = new Set<string>();

export function traverse(key: string, direction: "back" | "forward"): void {
  const pane = panes.get(key);
  if (!pane) return;
  traversing.add(key);
  send(pane, { tripledash: direction });
}

function send(pane: Pane, message: ToAgent): void {
  const { elsewhere } = liveOf(pane.spec.key);
  const origin = elsewhere === null ? pane.origin : `${location.protocol}//${elsewhere}`;
  if (origin) pane.frame.contentWindow?.postMessage(message, origin);
}

const isPaneOrigin = (origin: string): boolean => {
  const base = useStore.getState().workspace?.base;
  return base !== undefined && origin.startsWith("http://") && origin.endsWith(`.${base}`);
};

function onMessage({ source, origin, data }: MessageEvent<unknown>): void {
  const pane = [...panes.values()].find(({ frame }) => frame.contentWindow === source);
  if (!pane || !isPaneOrigin(origin) || !isFromAgent(data)) return;
  const { key } = pane.spec;
  const elsewhere = origin === pane.origin ? null : new URL(origin).host;
  switch (data.tripledash) {
    case "loaded":
      pane.announced += 1;
      setLive(key, { ready: false, elsewhere, errors: [] });
      if (elsewhere !== null) {
        pane.at = null;
        setLive(key, { astray: null });
      }
      pane.frame.contentWindow?.postMessage({ tripledash: "hello", keys: PASSED_ON } satisfies ToAgent, origin);
      return;
    case "ready": {
      const ours = holds.arrive(key, now()) && !traversing.delete(key);
      setLive(key, { ready: true, title: data.title, elsewhere, canGoBack: data.canGoBack ?? null });
      if (elsewhere === null) arrived(pane, data.path, ours);
      return;
    }
    case "navigated": {
      const asked = data.echo === true && !traversing.delete(key);
      const ours = asked || holds.isOurs(key, now());
      if (asked) holds.arrive(key, now());
      setLive(key, { title: data.title, canGoBack: data.canGoBack ?? null });
      if (elsewhere === null) arrived(pane, data.path, ours);
      return;
    }
    case "touched":
      holds.touch(key);
      return;
    case "key":
      if (document.activeElement === pane.frame) runPassedOn(data.keys);
      return;
    case "scrolled":
      if (!useStore.getState().selection.sync.scroll || !lead.take(key, now())) return;
      for (const other of panes.values()) {
        if (other !== pane && liveOf(other.spec.key).ready)
          send(other, { tripledash: "scroll", target: data.target, x: data.x, y: data.y });
      }
      return;
    case "error":
      addError(key, data.message);
      return;
  }
}

/** A pane shows a path of its own host: its tenant's, or one where the others must not follow. */
function arrived(pane: Pane, path: string, ours: boolean): void {
  const { key, tenant } = pane.spec;
  const own = tenant === null && namesTenant(path, useStore.getState().workspace) ? null : within(path, pane.prefix);
  setLive(key, { astray: own === null ? path : null });
  if (own === null) pane.at = null;
  else moved(pane, own, ours);
}

function moved(pane: Pane, path: string, ours: boolean): void {
  const { key, tenant } = pane.spec;
  const { paths, selection } = useStore.getState();
  // A dev server that loads a page again has gone nowhere.
  const stays = path === pane.at;
  pane.at = path;
  if (ours || stays || !selection.sync.path) {
    useStore.setState({ paths: { ...paths, [key]: path } });
    return;
  }
  paneMoved(key, path);
  select(canonical(path, tenant, pages()));
  gather(pane, path);
}

let gathering: number | undefined;

function gather(from: Pane, path: string): void {
  window.clearTimeout(gathering);
  gathering = window.setTimeout(() => {
    const { paths } = useStore.getState();
    for (const { spec } of panes.values()) {
      if (spec.key === from.spec.key) continue;
      const target = mapPath(path, from.spec.tenant, spec.tenant, pages());
      if (paths[spec.key] !== target) void steer(spec.key, target);
    }
  }, GATHER_MS);
}

function isFromAgent(data: unknown): data is FromAgent {
  if (typeof data !== "object" || data === null || !("tripledash" in data)) return false;
  const message = data as Record<string, unknown>;
  switch (message["tripledash"]) {
    case "loaded":
    case "touched":
      return true;
    case "ready":
    case "navigated":
      return typeof message["path"] === "string" && typeof message["title"] === "string";
    case "scrolled":
      return typeof message["target"] === "string" && Number.isFinite(message["x"]) && Number.isFinite(message["y"]);
    case "key":
      return typeof message["keys"] === "string";
    case "error":
      return typeof message["message"] === "string";
    default:
      return false;
  }
}
