import type { WorkspaceState } from "@/api/types";

type Page = WorkspaceState["pages"][number];

const pathFor = (page: Page, tenant: string | null) => (tenant === null ? undefined : page.tenants[tenant]) ?? page.path;

function cut(path: string): { pathname: string; rest: string } {
  const at = path.search(/[?#]/);
  return at < 0 ? { pathname: path, rest: "" } : { pathname: path.slice(0, at), rest: path.slice(at) };
}

const bare = (pathname: string) => (pathname.length > 1 ? pathname.replace(/\/+$/, "") : pathname);

/**
 * The path in `to`'s app that shows what `path` shows in `from`'s: a named page is found by `from`'s path and left by `to`'s,
 * with query and fragment kept; any other path is the same for all.
 */
export function mapPath(path: string, from: string | null, to: string | null, pages: Page[]): string {
  if (from === to) return path;
  const { pathname, rest } = cut(path);
  for (const page of pages) {
    const own = cut(pathFor(page, from));
    if (bare(own.pathname) !== bare(pathname) || (own.rest !== "" && !rest.startsWith(own.rest))) continue;
    return pathFor(page, to) + rest.slice(own.rest.length);
  }
  return path;
}

/** What all panes share after one tenant's pane went to a path: a named page by its name, any other path as it is. */
export function canonical(path: string, tenant: string | null, pages: Page[]): { path: string; page: string | null } {
  const shared = mapPath(path, tenant, null, pages);
  return { path: shared, page: pages.find((page) => page.path === shared && pathFor(page, tenant) === path)?.name ?? null };
}

/** How long a pane may take to load what it was told to. */
const LOAD_MS = 10_000;
/** How long after that its own redirects still count as ours. */
const SETTLE_MS = 1_500;

/**
 * Tells what a person did in a pane from what we did to it. A pane that was told to go somewhere is held until it has arrived
 * and settled; what it reports meanwhile must not move the others.
 */
export class Holds {
  readonly #until = new Map<string, { at: number; arrived: boolean }>();

  /** The pane is about to load something because of us. */
  hold(key: string, now: number): void {
    this.#until.set(key, { at: now + LOAD_MS, arrived: false });
  }

  /** A document said it is ready. True where that is the end of what we asked for. */
  arrive(key: string, now: number): boolean {
    const held = this.#until.get(key);
    if (!held || now > held.at) return false;
    this.#until.set(key, { at: now + SETTLE_MS, arrived: true });
    return true;
  }

  /** A person acts in the pane. One that has arrived is theirs at once: people click links before a page has settled. */
  touch(key: string): void {
    if (this.#until.get(key)?.arrived) this.#until.delete(key);
  }

  /** Whether a move inside the pane is still our doing. */
  isOurs(key: string, now: number): boolean {
    const held = this.#until.get(key);
    return held !== undefined && now <= held.at;
  }

  forget(key: string): void {
    this.#until.delete(key);
  }
}
