import type { Preview, Source, Variable, WorkspaceState } from "@/api/types";

/** Who asks for a preview's variables, in the engine's words: the preview itself, or the source that found it. */
function askerOf({ name, source }: Preview, sources: readonly Source[]): string {
  return source === null ? `preview ${name}` : `previews[${sources[source]?.at ?? 0}]`;
}

type Known = Pick<WorkspaceState, "previews" | "sources" | "variables">;

/** The variables that a preview needs, or all that the workspace asks for. */
export function variablesOf(workspace: Known | null, preview: string | null): readonly Variable[] {
  if (workspace === null) return [];
  if (preview === null) return workspace.variables;
  const found = workspace.previews.find(({ name }) => name === preview);
  if (found === undefined) return [];
  const asker = askerOf(found, workspace.sources);
  return workspace.variables.filter(({ usedBy }) => usedBy.includes(asker));
}

/** `preview main` and `tenants` as a person says them. */
export const usedBy = (users: readonly string[]): string =>
  users.map((user) => (user === "tenants" ? "the list of tenants" : user.replace(/^preview /, ""))).join(", ");

export const sources: Record<Variable["source"], string> = {
  environment: "set in the environment", dotenv: "set in .env.local", keychain: "kept in the keychain", unset: "not set",
};
