import type { WorkspaceState } from "@/api/types";
import { useStore } from "./store";

/** The file has errors and nothing of it was ever read: there is nothing here yet, and nothing to add to. */
export const isUnread = (workspace: WorkspaceState | null): boolean =>
  workspace !== null && workspace.previews.length + workspace.tenants.length + workspace.sources.length === 0 && workspace.problems.some(({ severity }) => severity === "error");

export const useUnread = (): boolean => useStore(({ workspace }) => isUnread(workspace));

/** Why nothing can be added then. */
export const UNREAD = "The file has errors: mend it first";
