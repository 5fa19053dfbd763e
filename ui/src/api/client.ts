import type { components } from "./schema";
import type {
  Address, Exchange, Explanation, ExchangeRow, FileEdit, LogPage, SplitAddress, TrustedCommand, WorkspaceFile, WorkspaceState,
} from "./types";

/** An answer of the engine that says no. Callers branch on `code`, people read `message`. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly body: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

type Schemas = components["schemas"];
/** Its parts are never left out: where the prefix has others than the tenant, it has no address without them. */
export type AddressItem = Schemas["Choice"] & Required<Pick<Schemas["Choice"], "parts">>;
export type Started = Schemas["StartedWorkspace"];
/** Fields that are not named stay; `null` takes a field out of the file. */
export type TenantEdit = Schemas["TenantPatch"];
export type PreviewEdit = Schemas["PreviewPatch"];
/** Without tenants the engine takes two of the workspace; without a path, `/`. */
export type Probing = Pick<Schemas["Probing"], "tenants" | "parts" | "path">;
export type ShellAbilities = Schemas["Abilities"];

export type Api = ReturnType<typeof createApi>;
type Fetch = typeof fetch;

/** Reads `{code, message}` of an answer that is not 2xx; an answer of another shape is named by its status. */
export async function apiError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const record = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const code = typeof record["code"] === "string" ? record["code"] : `http-${response.status}`;
  const message = typeof record["message"] === "string" ? record["message"] : `the engine answered ${response.status}`;
  return new ApiError(code, message, response.status, record);
}

export function createApi(token: string, base = "/api/v1", fetcher: Fetch = (...args) => fetch(...args)) {
  async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await fetcher(`${base}/${path}`, {
        method, headers, signal: signal ?? null, body: body === undefined ? null : JSON.stringify(body), cache: "no-store",
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiError("engine-unreachable", "the engine does not answer", 0);
    }
    if (!response.ok) throw await apiError(response);
    return response;
  }
  async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
    return (await (await send(method, path, body)).json()) as T;
  }
  const name = encodeURIComponent;

  return {
    workspace: () => json<WorkspaceState>("GET", "workspace"),
    openDemo: () => json<WorkspaceState>("POST", "workspace/demo", {}),
    openFolder: (folder: string) => json<WorkspaceState>("POST", "workspace/open", { folder }),
    /** Writes the first `tripledash.json` of a folder that has none, and opens it. */
    create: (folder: string, text: string) => json<WorkspaceState>("POST", "workspace/create", { folder, text }),
    /** Looks at a folder, and says what its first `tripledash.json` could be. Writes and runs nothing. */
    propose: (folder: string) => json<Schemas["Proposal"]>("POST", "workspace/propose", { folder }),
    start: (text: string) => json<Started>("POST", "workspace/start", { text }),
    save: (folder: string) => json<WorkspaceState>("POST", "workspace/save", { folder }),
    workspaceFile: () => json<WorkspaceFile>("GET", "workspace/file"),
    /** Edits the file at some places, all or none. */
    editFile: (edits: readonly FileEdit[]) => json<WorkspaceState>("PATCH", "workspace/file", { edits }),
    undo: (edit: number | null) => json<WorkspaceState>("POST", edit === null ? "workspace/undo" : `workspace/undo?edit=${edit}`, {}),
    addTenant: (tenant: Schemas["NewTenant"]) => json<WorkspaceState>("POST", "workspace/tenants", tenant),
    editTenant: (id: string, edit: TenantEdit) => json<WorkspaceState>("PATCH", `workspace/tenants/${name(id)}`, edit),
    removeTenant: (id: string) => json<WorkspaceState>("DELETE", `workspace/tenants/${name(id)}`),
    addPreview: (preview: Schemas["NewPreview"]) =>
      json<WorkspaceState>("POST", "workspace/previews", preview),
    editPreview: (preview: string, edit: PreviewEdit) =>
      json<WorkspaceState>("PATCH", `workspace/previews/${name(preview)}`, edit),
    /** Asks the app itself, some dozen requests; ending the signal ends them. */
    probe: async (preview: string, asked: Probing, signal: AbortSignal) =>
      (await (await send("POST", `workspace/previews/${name(preview)}/probe`, asked, signal)).json()) as Schemas["ProbeReport"],
    /** `null` takes the line out. */
    setHost: (preview: string, host: string | null) => json<WorkspaceState>("PUT", `workspace/previews/${name(preview)}/host`, { host }),
    removePreview: (preview: string) => json<WorkspaceState>("DELETE", `workspace/previews/${name(preview)}`),
    unlock: (preview: string, unlocked: boolean) =>
      json<WorkspaceState>("POST", `workspace/previews/${name(preview)}/unlock`, { unlocked }),
    /** Keeps a value in the system's keychain. It may wait for whoever unlocks that. */
    keepVariable: (variable: string, value: string) =>
      json<WorkspaceState>("PUT", `workspace/variables/${name(variable)}`, { value }),
    /** Takes a value out of the keychain; there is no way to have it back. */
    forgetVariable: (variable: string) => json<WorkspaceState>("DELETE", `workspace/variables/${name(variable)}`),
    /** Lets the workspace do what it takes trust for, just the lines that a person has seen; or no longer any. */
    trust: (trusted: boolean, commands: readonly TrustedCommand[]) => json<WorkspaceState>("POST", "workspace/trust", { trusted, commands }),
    /** Asks every source anew; the stream tells what they say. */
    refresh: async () => void (await send("POST", "workspace/refresh", {})),
    startServer: async (preview: string) => void (await send("POST", `workspace/previews/${name(preview)}/start`, {})),
    stopServer: async (preview: string) => void (await send("POST", `workspace/previews/${name(preview)}/stop`, {})),
    serverLog: (preview: string, from: number) => json<LogPage>("GET", `workspace/previews/${name(preview)}/log?from=${from}`),
    /** The log as it is printed; its body is NDJSON of `LogPage`, and ends when the server has. */
    followServerLog: (preview: string, from: number, signal: AbortSignal) =>
      send("GET", `workspace/previews/${name(preview)}/log/stream?from=${from}`, undefined, signal),
    addresses: async (items: AddressItem[]) =>
      (await json<{ addresses: Address[] }>("POST", "addresses", { items })).addresses,
    split: (text: string) => json<SplitAddress>("POST", "split", { text }),
    explain: (request: { url: string; method?: string; headers?: { name: string; value: string }[] }) =>
      json<Explanation>("POST", "explain", request),
    exchanges: (filter: string, limit: number) =>
      json<{ items: ExchangeRow[]; dropped: number }>("GET", `exchanges?filter=${name(filter)}&limit=${limit}`),
    exchange: (id: string) => json<Exchange>("GET", `exchanges/${name(id)}`),
    clearExchanges: async () => void (await send("DELETE", "exchanges")),
    replay: async (id: string, tenants: string[]) =>
      (await json<{ ids: string[] }>("POST", `exchanges/${name(id)}/replay`, { tenants })).ids,
    curl: async (id: string) => (await json<{ command: string }>("GET", `exchanges/${name(id)}/curl`)).command,
    shell: () => json<ShellAbilities>("GET", "shell"),
    pickFolder: async () => (await json<{ folder: string | null }>("POST", "shell/pick-folder", {})).folder,
    openBrowser: async (url: string) => void (await send("POST", "shell/open-browser", { url })),
    openWindow: async (url: string, title: string) => void (await send("POST", "shell/open-window", { url, title })),
    /** The live stream; its body is NDJSON of `StreamLine`. */
    stream: (filter: string, limit: number, signal: AbortSignal) =>
      send("GET", `stream?filter=${name(filter)}&limit=${limit}`, undefined, signal),
  };
}
