import type { WorkspaceState } from "@/api/types";

/** What the person chose to see. Kept per workspace, so that coming back shows the same panes. */
export type Selection = {
  tenants: readonly string[];
  previews: readonly string[];
  /** Further sessions of a tenant beside its first, by tenant id. */
  sessions: Readonly<Record<string, readonly string[]>>;
  /** The values of the prefix's other parts, by name: they are the same in all panes. */
  parts: Readonly<Record<string, string>>;
  /** Values of parts that addresses had before, the last one first. */
  usedParts: Readonly<Record<string, readonly string[]>>;
  path: string;
  page: string | null;
  sync: { scroll: boolean; path: boolean };
};

export type PaneSpec = { key: string; tenant: string | null; preview: string; session: string | null };

export const emptySelection: Selection = {
  tenants: [], previews: [], sessions: {}, parts: {}, usedParts: {}, path: "/", page: null, sync: { scroll: true, path: true },
};

export const paneKey = (tenant: string | null, preview: string, session: string | null): string =>
  [tenant ?? "", preview, session ?? ""].join("|");

/** Previews in rows, tenants in columns; a tenant's further sessions stand right beside it. */
export function panesOf({ tenants, previews, sessions }: Pick<Selection, "tenants" | "previews" | "sessions">): PaneSpec[] {
  const columns: readonly (string | null)[] = tenants.length > 0 ? tenants : [null];
  return previews.flatMap((preview) =>
    columns.flatMap((tenant) =>
      [null, ...(tenant === null ? [] : (sessions[tenant] ?? []))].map((session) => ({
        key: paneKey(tenant, preview, session), tenant, preview, session,
      })),
    ),
  );
}

/** The path a tenant should show: a page by name may lie elsewhere for one tenant. */
export function pathFor(tenant: string | null, selection: Pick<Selection, "path" | "page">, workspace: WorkspaceState | null): string {
  const page = workspace?.pages.find(({ name }) => name === selection.page);
  if (!page) return selection.path;
  return (tenant === null ? undefined : page.tenants[tenant]) ?? page.path;
}

/**
 * Where to start in a workspace that nothing was chosen in: three tenants on the first preview that is not read-only and may
 * answer, else on the working copy.
 */
export function firstSelection(workspace: WorkspaceState): Selection {
  const writable = workspace.previews.filter(({ access }) => access === "full");
  const leads = writable.filter(({ upstream }) => upstream !== null);
  const preview =
    leads.find(({ status }) => status === "up") ?? leads.find(({ status }) => status !== "down") ??
    writable.find(({ checkout }) => checkout?.workingCopy) ?? leads[0] ?? writable[0] ?? workspace.previews[0];
  return {
    ...emptySelection,
    tenants: workspace.tenants.slice(0, 3).map(({ id }) => id),
    previews: preview ? [preview.name] : [],
    path: workspace.pages[0]?.path ?? "/",
  };
}

/**
 * What is left of a selection when the workspace changed under it. The same object when nothing had to go.
 * A tenant that was never listed stays: it is forwarded all the same, and a link may name it. So does every preview, for as
 * long as a source of previews has not said which there are.
 */
export function reconciled(selection: Selection, workspace: WorkspaceState, before: WorkspaceState | null = null): Selection {
  // of tens of thousands of tenants nothing is asked where only the previews changed
  const sameTenants = before !== null && before.tenants === workspace.tenants;
  const tenantIds = new Set(sameTenants ? [] : workspace.tenants.map(({ id }) => id));
  if (before && !sameTenants) {
    const listedBefore = new Set(before.tenants.map(({ id }) => id));
    for (const id of selection.tenants) if (!listedBefore.has(id)) tenantIds.add(id);
  }
  const previewNames = new Set(workspace.previews.map(({ name }) => name));
  const tenants = sameTenants ? selection.tenants : selection.tenants.filter((id) => tenantIds.has(id));
  const reading = workspace.sources.some(({ status }) => status === "reading");
  const previews = reading ? selection.previews : selection.previews.filter((name) => previewNames.has(name));
  const fallback = previews.length === 0 ? firstSelection(workspace).previews : previews;
  const strays = !sameTenants && Object.keys(selection.sessions).some((id) => !tenantIds.has(id));
  if (tenants.length === selection.tenants.length && previews.length === selection.previews.length && previews.length > 0 && !strays)
    return selection;
  const sessions = sameTenants ? selection.sessions : Object.fromEntries(Object.entries(selection.sessions).filter(([id]) => tenantIds.has(id)));
  return { ...selection, tenants, previews: fallback, sessions };
}

const storageKey = (workspace: WorkspaceState) => `tripledash.selection:${workspace.origin.file || workspace.name}`;

export function keepSelection(selection: Selection, workspace: WorkspaceState, storage: Storage): void {
  storage.setItem(storageKey(workspace), JSON.stringify(selection));
}

/** What was kept for this workspace; anything unreadable is as if nothing was kept. */
export function keptSelection(workspace: WorkspaceState, storage: Storage): Selection | null {
  const text = storage.getItem(storageKey(workspace));
  if (text === null) return null;
  try {
    const kept = JSON.parse(text) as Partial<Selection>;
    if (!Array.isArray(kept.tenants) || !Array.isArray(kept.previews)) return null;
    return reconciled({ ...emptySelection, ...kept } as Selection, workspace);
  } catch {
    return null;
  }
}

/** The next selection of a list after a click: alone, toggled (Ctrl) or a range from the anchor (Shift). */
export function picked(
  list: readonly string[], chosen: readonly string[], id: string, how: "alone" | "toggle" | "range", anchor: string | null,
): string[] {
  switch (how) {
    case "alone":
      return [id];
    case "toggle":
      return chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
    case "range": {
      const from = anchor === null ? -1 : list.indexOf(anchor);
      const to = list.indexOf(id);
      if (from < 0 || to < 0) return [id];
      const range = list.slice(Math.min(from, to), Math.max(from, to) + 1);
      return [...chosen.filter((other) => !range.includes(other) && !list.includes(other)), ...range];
    }
  }
}
