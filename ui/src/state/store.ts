import { create } from "zustand";
import type { Api, ShellAbilities } from "@/api/client";
import type { FollowState } from "@/api/stream";
import type { StreamLine, WorkspaceState } from "@/api/types";
import { changesBetween } from "./changes";
import { cleared, fromSnapshot, noExchanges, withBatch, type Exchanges } from "./exchanges";
import { emptySelection, firstSelection, keepSelection, keptSelection, reconciled, type Selection } from "./selection";
import { keepTheme, keptTheme, resolveTheme, type Theme, type ThemeChoice } from "./theme";

export type Connection = { kind: "no-token" } | FollowState;

export type Dialog =
  | { kind: "palette" }
  | { kind: "shortcuts" }
  | { kind: "open-workspace" }
  | { kind: "save-workspace" }
  | { kind: "problems" }
  | { kind: "your-app" }
  | { kind: "tenant"; id: string | null }
  | { kind: "preview"; name: string | null }
  /** Which `Host` the preview's app understands. */
  | { kind: "probe"; preview: string }
  /** The first `tripledash.json` of a folder. */
  | { kind: "first-file"; folder: string }
  | { kind: "pages" }
  /** The rules, and what they make of a URL; without one, of the address bar's. */
  | { kind: "rules"; url: string | null }
  /** The tenants whose addresses would be too long on some previews. */
  | { kind: "over-budget" }
  /** The workspace's name, and where an address names its tenant. */
  | { kind: "addresses" }
  /** What the workspace asks for by `${env:NAME}`: all of it, or what one preview needs. */
  | { kind: "variables"; preview: string | null }
  | { kind: "tenants-from" }
  /** Where previews are found, by its place in the file's `previews`; a new one is of a kind. */
  | { kind: "source"; at: number | null; source: "git" | "vercel" | "template" }
  | { kind: "remove-source"; at: number }
  | { kind: "session"; tenant: string }
  | { kind: "remove-preview"; preview: string }
  | { kind: "unlock"; preview: string }
  /** What the workspace takes trust for; `start` names a preview whose server is started once they are trusted. */
  | { kind: "trust"; start: string | null };

export type Toast = {
  id: number;
  message: string;
  tone: "plain" | "bad";
  /** Offered as long as `edit`, where it has one, is the last of the file. */
  action?: { label: string; run: () => void; edit?: number };
};

/** Goes up each time all panes are sent somewhere; panes follow the number, not the path. */
export type Navigation = { serial: number };

export type State = {
  api: Api | null;
  connection: Connection;
  workspace: WorkspaceState | null;
  exchanges: Exchanges;
  filter: string;
  filterError: { message: string; column: number | null } | null;
  selection: Selection;
  navigation: Navigation;
  /** Where each pane is now, as its agent told, by pane key. */
  paths: Readonly<Record<string, string>>;
  focusedPane: string | null;
  chosenExchange: string | null;
  dialog: Dialog | null;
  toasts: readonly Toast[];
  themeChoice: ThemeChoice;
  theme: Theme;
  shell: ShellAbilities;
  /** The folder that the engine was started with, where it has no workspace yet. */
  bareFolder: string | null;
};

const storage = (): Storage | null => (typeof localStorage === "undefined" ? null : localStorage);
const systemIsLight = () =>
  typeof matchMedia === "function" && matchMedia("(prefers-color-scheme: light)").matches;
const startChoice: ThemeChoice = ((kept) => (kept ? keptTheme(kept) : "system"))(storage());

export const initialState: State = {
  api: null,
  connection: { kind: "connecting" },
  workspace: null,
  exchanges: noExchanges,
  filter: "",
  filterError: null,
  selection: emptySelection,
  navigation: { serial: 0 },
  paths: {},
  focusedPane: null,
  chosenExchange: null,
  dialog: null,
  toasts: [],
  themeChoice: startChoice,
  theme: resolveTheme(startChoice, systemIsLight()),
  shell: { pickFolder: false, windows: false },
  bareFolder: null,
};

export const useStore = create<State>()(() => initialState);
const { getState: get, setState: set } = useStore;

// --- what the engine tells

/** A draft that was written to a file of its own: another place, the same workspace. Where previews lead may wait for trust there. */
function isSavedAs(before: WorkspaceState, after: WorkspaceState): boolean {
  const content = ({ tenants, previews }: WorkspaceState) =>
    JSON.stringify([tenants.map(({ id }) => id), previews.map(({ name }) => name)]);
  return before.origin.kind === "draft" && before.previews.length > 0 && content(before) === content(after);
}

/**
 * Same file: the selection is kept as far as it still exists. Another file: what was kept for it, else a first choice.
 * An older revision is an answer that the stream has overtaken, or the other way round, except in a snapshot: an engine that was
 * started again counts from the beginning.
 */
export function withWorkspace(state: State, workspace: WorkspaceState, kept: Selection | null, snapshot = false): Partial<State> {
  const before = state.workspace;
  if (before && workspace.revision < before.revision && !snapshot) return {};
  if (before && (before.origin.file === workspace.origin.file || isSavedAs(before, workspace))) {
    const nothing = state.selection.previews.length === 0 && workspace.previews.length > 0;
    return { workspace, selection: nothing ? firstSelection(workspace) : reconciled(state.selection, workspace, before) };
  }
  const usable = kept && (kept.previews.length > 0 || workspace.previews.length === 0) ? kept : null;
  return {
    workspace, selection: usable ?? firstSelection(workspace), paths: {}, focusedPane: null,
    navigation: { serial: state.navigation.serial + 1 },
  };
}

export function applyWorkspace(workspace: WorkspaceState, snapshot = false): void {
  const kept = storage();
  set((state) => withWorkspace(state, workspace, kept ? keptSelection(workspace, kept) : null, snapshot));
}

let editing = 0;

/** An edit that this window asked for: what it changes is not told as news. */
export async function asOwnEdit<T>(edit: () => Promise<T>): Promise<T> {
  editing += 1;
  try {
    return await edit();
  } finally {
    editing -= 1;
  }
}

/** Somebody saved one of the workspace's files: says in short what is other now. An answer that has overtaken the stream has shown it already. */
function tellChanges(after: WorkspaceState): void {
  const { workspace: before } = get();
  if (!before || editing > 0 || after.revision <= before.revision || before.origin.file !== after.origin.file) return;
  for (const message of changesBetween(before, after)) showToast({ message });
}

export function applyLine(line: StreamLine): void {
  switch (line.kind) {
    case "snapshot":
      tellChanges(line.workspace);
      applyWorkspace(line.workspace, true);
      set({ exchanges: fromSnapshot({ items: line.exchanges, stats: line.stats, diagnostics: line.diagnostics }) });
      return;
    case "exchanges":
      set(({ exchanges }) => ({ exchanges: withBatch(exchanges, line) }));
      return;
    case "workspace":
      tellChanges(line.workspace);
      applyWorkspace(line.workspace);
      return;
    case "previews": {
      const { workspace } = get();
      const { generation, revision, previews, sources, tenantList, overBudget } = line;
      // an answer that has them newer has overtaken the stream
      if (!workspace || revision < workspace.revision) return;
      const after = { ...workspace, generation, revision, previews, sources, tenantList, overBudget };
      tellChanges(after); // a person may have changed nothing but a preview
      set((state) => withWorkspace(state, after, null));
      return;
    }
    case "cleared":
      set(({ exchanges }) => ({ exchanges: cleared(exchanges), chosenExchange: null }));
      return;
    case "reset": // a snapshot follows at once; until then the rows are stale, not wrong
      return;
    case "shell":
      shellListener(line.request);
      return;
  }
}

export type ShellRequest = Extract<StreamLine, { kind: "shell" }>["request"];
let shellListener: (request: ShellRequest) => void = () => undefined;
/** The one who carries out what the desktop shell's menu and deep links ask for. */
export function onShellRequest(listener: (request: ShellRequest) => void): void {
  shellListener = listener;
}

// --- what the person does

export function select(change: Partial<Selection>): void {
  set(({ selection }) => ({ selection: { ...selection, ...change } }));
}

/** Sends every pane to a path, or to a page by name (which may lie elsewhere for one tenant). */
export function goTo(path: string, page: string | null = null): void {
  set(({ selection, navigation }) => ({
    selection: { ...selection, path, page }, navigation: { serial: navigation.serial + 1 }, paths: {},
  }));
}

/** A pane went somewhere by itself. With path sync on, the shared path follows; whoever calls this also tells the other panes. */
export function paneMoved(key: string, path: string): void {
  set(({ paths, selection }) => ({
    paths: { ...paths, [key]: path },
    selection: selection.sync.path && selection.path !== path ? { ...selection, path, page: null } : selection,
  }));
}

export const focusPane = (key: string | null) => set({ focusedPane: key });
export const chooseExchange = (id: string | null) => set({ chosenExchange: id });
export const setFilter = (filter: string) => set({ filter });
export const openDialog = (dialog: Dialog) => set({ dialog });
export const closeDialog = () => set({ dialog: null });

let toastId = 0;
/** Stays until `dismissToast`; the toast's view takes it away after a while. */
export function showToast(toast: Omit<Toast, "id" | "tone"> & { tone?: Toast["tone"] }): void {
  toastId += 1;
  const added: Toast = { tone: "plain", ...toast, id: toastId };
  set(({ toasts }) => ({ toasts: [...toasts.slice(-3), added] }));
}
export const dismissToast = (id: number) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));

export function setTheme(themeChoice: ThemeChoice): void {
  const kept = storage();
  if (kept) keepTheme(themeChoice, kept);
  set({ themeChoice, theme: resolveTheme(themeChoice, systemIsLight()) });
}

/** Keeps the selection and the theme in step with the browser. Call once. */
export function keepInStep(): void {
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => setTheme(get().themeChoice));
  document.documentElement.dataset["theme"] = get().theme;
  useStore.subscribe((state, before) => {
    if (state.theme !== before.theme) document.documentElement.dataset["theme"] = state.theme;
    const kept = storage();
    if (kept && state.workspace && state.selection !== before.selection) keepSelection(state.selection, state.workspace, kept);
  });
}
