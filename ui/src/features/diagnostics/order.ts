import type { DiagnosticCount } from "@/api/types";

const rank = (severity: string) => ["error", "warning", "info"].indexOf(severity);

/** Worst first; within a severity in the engine's order, so that cards do not change places while counts go up. */
export const bySeverity = (diagnostics: readonly DiagnosticCount[]): DiagnosticCount[] =>
  diagnostics.toSorted((a, b) => rank(a.severity) - rank(b.severity));
