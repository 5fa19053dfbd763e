import type { DiagnosticCount } from "@/api/types";

const known = new WeakMap<readonly DiagnosticCount[], ReadonlySet<string>>();

/** The codes of what is only good to know: nothing has to be changed, so nothing calls for attention. */
export function remarkCodes(diagnostics: readonly DiagnosticCount[]): ReadonlySet<string> {
  const found = known.get(diagnostics);
  if (found) return found;
  const made = new Set(diagnostics.filter(({ severity }) => severity === "info").map(({ code }) => code));
  known.set(diagnostics, made);
  return made;
}
