import type { WorkspaceState } from "@/api/types";
import { useStore } from "@/state/store";
import { plainView, useLive, type View } from "./live";

/** Devices and zooms of panes are kept per workspace, as its selection is: coming back shows the same panes the same way. */
const storageKey = ({ origin, name }: WorkspaceState) => `tripledash.views:${origin.file || name}`;

type Views = Readonly<Record<string, View>>;

const isView = (value: unknown): value is View => {
  const view = value as Partial<View> | null;
  return typeof view?.device === "string" && (view.zoom === null || Number.isFinite(view.zoom));
};

/** What was kept for this workspace; `null` where nothing was, or nothing that can be read. */
export function keptViews(workspace: WorkspaceState, storage: Storage): Views | null {
  try {
    const kept = JSON.parse(storage.getItem(storageKey(workspace)) ?? "null") as unknown;
    if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return null;
    return Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, View] => isView(entry[1])));
  } catch {
    return null;
  }
}

/** A pane that is as every new pane is needs no keeping. */
export function keepViews(views: Views, workspace: WorkspaceState, storage: Storage): void {
  const own = Object.entries(views).filter(([, { device, zoom }]) => device !== plainView.device || zoom !== plainView.zoom);
  if (own.length === 0) storage.removeItem(storageKey(workspace));
  else storage.setItem(storageKey(workspace), JSON.stringify(Object.fromEntries(own)));
}

/** Keeps the views in step with the workspace and the browser, from now on. A draft that is saved takes its views along. */
export function keepViewsInStep(storage: Storage): () => void {
  const take = (workspace: WorkspaceState, before: WorkspaceState | null) => {
    const kept = keptViews(workspace, storage);
    if (kept === null && before?.origin.kind === "draft") keepViews(useLive.getState().views, workspace, storage);
    else useLive.setState({ views: kept ?? {} });
  };
  const { workspace: now } = useStore.getState();
  if (now) take(now, null);
  const stopStore = useStore.subscribe(({ workspace }, { workspace: before }) => {
    if (workspace && (!before || storageKey(before) !== storageKey(workspace))) take(workspace, before);
  });
  const stopLive = useLive.subscribe(({ views }, before) => {
    const { workspace } = useStore.getState();
    if (workspace && views !== before.views) keepViews(views, workspace, storage);
  });
  return () => {
    stopStore();
    stopLive();
  };
}
