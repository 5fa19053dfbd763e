import { create } from "zustand";
import type { Zoom } from "./devices";

/** What a pane is doing now, as far as the page can know it: told by its agent, or chosen in its head. */
export type Live = {
  /** An agent answered in the document that is shown. */
  ready: boolean;
  loading: boolean;
  title: string;
  /** The host that the pane shows now, where it is not its own: a redirect left the tenant. */
  elsewhere: string | null;
  /** The path of its own host that the pane shows now, where that is no path of its tenant. */
  astray: string | null;
  /** `null`: the browser does not tell. */
  canGoBack: boolean | null;
  errors: readonly string[];
};

export type View = { device: string; zoom: Zoom };

const ERRORS_KEPT = 20;
export const noLive: Live = { ready: false, loading: false, title: "", elsewhere: null, astray: null, canGoBack: null, errors: [] };
export const plainView: View = { device: "pane", zoom: null };

type State = {
  live: Readonly<Record<string, Live>>;
  views: Readonly<Record<string, View>>;
};

export const useLive = create<State>()(() => ({ live: {}, views: {} }));

export const liveOf = (key: string): Live => useLive.getState().live[key] ?? noLive;

export function setLive(key: string, change: Partial<Live>): void {
  useLive.setState(({ live }) => ({ live: { ...live, [key]: { ...(live[key] ?? noLive), ...change } } }));
}

export function addError(key: string, message: string): void {
  setLive(key, { errors: [...liveOf(key).errors, message].slice(-ERRORS_KEPT) });
}

export function forgetLive(key: string): void {
  useLive.setState(({ live }) => {
    const { [key]: _gone, ...rest } = live;
    return { live: rest };
  });
}

export function setView(keys: readonly string[], view: Partial<View>): void {
  useLive.setState(({ views }) => ({
    views: { ...views, ...Object.fromEntries(keys.map((key) => [key, { ...(views[key] ?? plainView), ...view }])) },
  }));
}
