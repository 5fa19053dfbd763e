import type { WorkspaceState } from "@/api/types";

/**
 * Where the tenants are in the path, an address has the tenant's segments (`prefix`, from the engine) before the path that a
 * person speaks of. Everything in the window speaks of that path: what is typed, what panes share, what pages are called by.
 */

/** The path without the tenant's segments; `null` where it is not this tenant's. */
export function within(path: string, prefix: string): string | null {
  if (prefix === "") return path;
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : null;
  if (rest === null || !/^(?:[/?#]|$)/.test(rest)) return null;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** The path with the tenant's segments before it, as the engine builds it. */
export const joined = (prefix: string, path: string): string =>
  prefix === "" ? path : prefix + (/^\/(?:[?#]|$)/.test(path) ? path.slice(1) : path);

type Known = Pick<WorkspaceState, "tenancy" | "prefix" | "tenants">;

/** Whether a path names one of the workspace's tenants. */
export function namesTenant(path: string, workspace: Known | null): boolean {
  if (workspace?.tenancy !== "path") return false;
  const segment = path.split(/[?#]/)[0]?.split("/")[1 + workspace.prefix.indexOf("tenant")];
  return segment !== undefined && workspace.tenants.some(({ id }) => id === segment);
}
