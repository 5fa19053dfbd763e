import { ApiError, type Api, type PreviewEdit, type TenantEdit } from "@/api/client";
import type { FileEdit, Json, Problem, Tenant, WorkspaceState } from "@/api/types";
import { spelled, type Place } from "./document";
import { partsFor } from "./parts";
import { pathFor } from "./selection";
import { sentence } from "./words";
import { applyWorkspace, asOwnEdit, goTo, openDialog, select, showToast, useStore } from "./store";

/** The folder that was asked for has no `tripledash.json`: it can be given one. */
export const hasNoWorkspace = (error: unknown): boolean => error instanceof ApiError && error.code === "no-workspace";

/** The fields that differ from what is there, so that the file is touched no more than meant. */
export function changed<T extends object>(before: { readonly [K in keyof T]?: unknown }, after: T): Partial<T> {
  const differs = (key: keyof T) => JSON.stringify(before[key] ?? null) !== JSON.stringify(after[key] ?? null);
  return Object.fromEntries(Object.entries(after).filter(([key]) => differs(key as keyof T))) as Partial<T>;
}

/** What went wrong, in a sentence a person can read. */
export const messageOf = (error: unknown): string =>
  sentence(error instanceof Error ? error.message : String(error));

export const showError = (error: unknown) => showToast({ message: messageOf(error), tone: "bad" });

export function api(): Api {
  const { api: current } = useStore.getState();
  if (!current) throw new ApiError("no-token", "this page has no token for the engine", 0);
  return current;
}

type Done = { done: string; undo?: boolean };

/** Asks the engine for a change of the workspace and shows it at once. Throws what the engine refused, for the form to show. */
export async function change(ask: (api: Api) => Promise<WorkspaceState>, told?: Done): Promise<WorkspaceState> {
  const workspace = await asOwnEdit(async () => {
    const answer = await ask(api());
    applyWorkspace(answer);
    return answer;
  });
  if (told) {
    const { lastEdit } = workspace;
    const action = told.undo && lastEdit !== null ? { label: "Undo", run: () => void undo(lastEdit), edit: lastEdit } : null;
    showToast({ message: told.done, ...(action && { action }) });
  }
  return workspace;
}

export const openDemo = () => change((to) => to.openDemo());
export const openFolder = (folder: string) => change((to) => to.openFolder(folder));
/** Opens a folder from a list. One whose file is gone can be given another. */
export async function openRecent(folder: string): Promise<void> {
  try {
    await openFolder(folder);
  } catch (error) {
    if (hasNoWorkspace(error)) openDialog({ kind: "first-file", folder });
    else showError(error);
  }
}
export const createIn = (folder: string, text: string) => change((to) => to.create(folder, text), { done: `Wrote tripledash.json in ${folder}` });
export const saveWorkspace = (folder: string) =>
  change((to) => to.save(folder), { done: `Saved tripledash.json in ${folder}` });

/** Makes a draft workspace of a pasted address and shows what the address showed. Returns the preview's name. */
export async function startWith(text: string): Promise<string> {
  const { workspace, tenant, preview } = await api().start(text);
  applyWorkspace(workspace);
  select({ tenants: tenant === null ? [] : [tenant], previews: [preview], sessions: {} });
  const path = pathOf(text);
  if (path !== null) goTo(path);
  return preview;
}

function pathOf(text: string): string | null {
  try {
    const { pathname, search } = new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
    return pathname + search;
  } catch {
    return null; // the engine read it as something else than a URL
  }
}

/** Takes the last edit back, or refuses where that is not the one that was meant. */
export async function undo(edit: number | null = null): Promise<void> {
  try {
    await change((to) => to.undo(edit), { done: "Undone" });
  } catch (error) {
    showError(error);
  }
}

export const addTenant = (tenant: Parameters<Api["addTenant"]>[0]) => change((to) => to.addTenant(tenant));
export const editTenant = (id: string, edit: TenantEdit) => change((to) => to.editTenant(id, edit));
export const removeTenant = (tenant: Tenant) =>
  change((to) => to.removeTenant(tenant.id), { done: `Removed ${tenant.name}`, undo: true });
export const addPreview = (preview: Parameters<Api["addPreview"]>[0]) => change((to) => to.addPreview(preview));
export const editPreview = (name: string, edit: PreviewEdit) => change((to) => to.editPreview(name, edit));
/** Where it is written is the engine's to know: a branch's stands with its repository. */
export const setHost = (name: string, host: string | null) =>
  change((to) => to.setHost(name, host), { done: host === null ? `Took the host line out of ${name}` : `${name} is sent ${host}`, undo: true });
export const removePreview = (name: string) =>
  change((to) => to.removePreview(name), { done: `Removed ${name}`, undo: true });
export const setUnlocked = (name: string, unlocked: boolean) =>
  change((to) => to.unlock(name, unlocked), {
    done: unlocked ? `${name} takes every method until it is locked or the engine stops` : `${name} is read-only again`,
  });

/** What the workspace file says; throws where nothing is open or it is no JSON. */
export async function readDocument(): Promise<Json> {
  const { text, document } = await api().workspaceFile();
  if (text === null) throw new ApiError("no-workspace", "no workspace file is open", 0);
  if (document === null) throw new ApiError("invalid-workspace", "the file is no JSON: mend it first, then it can be edited here", 0);
  return document;
}

/** Edits the workspace file at some places; nothing is asked for where nothing differs. */
export async function editFile(edits: readonly FileEdit[], done: string): Promise<void> {
  if (edits.length > 0) await change((to) => to.editFile(edits), { done, undo: true });
}

/** The file was saved elsewhere between reading and writing it. */
export const hasChangedMeanwhile = (error: unknown): boolean => error instanceof ApiError && error.code === "changed-meanwhile";

/** What the engine refuses in the file that an edit would make, by the place that it names; nothing for another kind of error. */
export function refusedAt(error: unknown): ReadonlyMap<string, string> {
  const found = error instanceof ApiError ? error.body["problems"] : undefined;
  const problems = Array.isArray(found) ? (found as Problem[]) : [];
  const said = problems.filter(({ severity }) => severity === "error").map(({ message, hint }): [string, string] => {
    const [, place = "", words = message] = /^([\w$-]+(?:\[\d+\]|\.[^\s:]+)*): (.*)$/s.exec(message) ?? [];
    return [place, sentence(hint === null ? words : `${words} (${hint})`)];
  });
  return new Map(said.reverse()); // of several at one place the first is told
}

/** What was refused at a place, if anything. */
export const at = (refused: ReadonlyMap<string, string>, place: Place): string | null => refused.get(spelled(place)) ?? null;

export const keepVariable = (name: string, value: string) =>
  change((to) => to.keepVariable(name, value), { done: `Kept ${name} in the keychain` });
export const forgetVariable = (name: string) =>
  change((to) => to.forgetVariable(name), { done: `Forgot ${name}: the keychain has it no more` });

export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast({ message: `Copied ${what}` });
  } catch {
    showToast({ message: `The browser does not let the page copy. ${text}`, tone: "bad" });
  }
}

/** Copies the address of a preview for the first tenant that is shown, at the path that is. */
export async function copyAddress(preview: string): Promise<void> {
  const { selection, workspace } = useStore.getState();
  const tenant = selection.tenants[0] ?? null;
  try {
    const [address] = await api().addresses([{
      tenant, parts: partsFor(tenant, workspace, selection.parts), preview, session: null, path: pathFor(tenant, selection, workspace),
    }]);
    if (address?.url == null) showToast({ message: sentence(address?.problems[0]?.message ?? "it has no address"), tone: "bad" });
    else await copyText(address.url, "the address");
  } catch (error) {
    showError(error);
  }
}

/** In the desktop window the shell opens the system's browser; in a browser the page opens a tab itself. */
export async function openInBrowser(url: string): Promise<void> {
  try {
    await api().openBrowser(url);
  } catch (error) {
    if (error instanceof ApiError && error.code === "no-shell") window.open(url, "_blank", "noopener");
    else showError(error);
  }
}

/** Pops an address out into a window of its own. */
export async function openWindow(url: string, title: string): Promise<void> {
  try {
    await api().openWindow(url, title);
  } catch (error) {
    if (error instanceof ApiError && error.code === "no-shell") window.open(url, "_blank", "noopener,width=1280,height=840");
    else showError(error);
  }
}

export async function clearExchanges(): Promise<void> {
  try {
    await api().clearExchanges();
  } catch (error) {
    showError(error);
  }
}
