import type { ProbeCell, ProbeReport, ProbeRow, ProbeVerdict } from "@/api/types";
import { sentence } from "@/state/words";

export type Tone = "ok" | "warn" | "third";

export type Form = {
  key: string;
  /** As it was sent for the first tenant; the line where it was not asked. */
  sent: string;
  /** The line that makes it so, or what it is. */
  line: string;
  /** Of tenants that there are, each once. */
  status: string;
  /** What a tenant got that was made up. */
  madeUp: string | null;
  rewrite: string | null;
  seen: string;
  verdict: string;
  tone: Tone;
};

const lines: Partial<Record<ProbeRow["kind"], string>> = {
  default: "without a host line", authority: "names no tenant", path: "tenant before the path",
};

const verdicts: Record<NonNullable<ProbeRow["grade"]>, { verdict: string; tone: Tone }> = {
  right: { verdict: "Understood", tone: "ok" },
  likely: { verdict: "Seems understood", tone: "ok" },
  wrong: { verdict: "Not understood", tone: "third" },
  untried: { verdict: "Not asked", tone: "third" },
};

const statuses = (cells: readonly ProbeCell[]) => [...new Set(cells.flatMap(({ status }) => (status == null ? [] : [status])))].join(", ");

/** One form of `Host` as the table shows it. */
export function formOf(row: ProbeRow, verdict?: ProbeVerdict["kind"]): Form {
  const real = row.answers.filter(({ madeUp, tenant }) => !madeUp && tenant != null);
  const madeUp = statuses(row.answers.filter((cell) => cell.madeUp));
  const template = row.host ?? null;
  const unanswered = row.grade === "untried" && row.answers.length > 0;
  const inPath = verdict === "path" && row.kind === "path";
  const found = inPath ? verdicts.right : row.grade ? verdicts[row.grade] : { verdict: "To compare", tone: "third" as const };
  return {
    key: `${row.kind} ${template ?? ""}`,
    sent: real[0]?.host ?? template ?? "as the browser sends it",
    line: lines[row.kind] ?? (row.kind === "present" ? `${template ?? "nothing"}, as it is now` : (template ?? "")),
    status: statuses(real), madeUp: madeUp === "" ? null : madeUp,
    rewrite: real.find(({ rewrite }) => rewrite != null)?.rewrite ?? null,
    seen: sentence(row.reason.charAt(0).toUpperCase() + row.reason.slice(1)),
    ...found, ...(unanswered ? { verdict: "No answer", tone: "warn" as const } : {}),
  };
}

/** What "write" writes: a template, `null` for no line, `undefined` where there is nothing to write. */
export function toWrite({ kind, host }: ProbeVerdict, chosen: string | null | undefined): string | null | undefined {
  if (kind === "write") return host ?? undefined;
  if (kind === "leave-out") return null;
  return kind === "ambiguous" ? chosen : undefined;
}

/** `null` where none is to be there. */
const hostLine = (host: string | null | undefined): string | null => (host == null ? null : `"host": ${JSON.stringify(host)}`);

/** The line to paste; `null` where there is none. */
export function lineOf({ verdict: { kind, line, fix } }: Pick<ProbeReport, "verdict">, chosen: string | null | undefined): string | null {
  if (kind === "path") return fix ?? null;
  return kind === "ambiguous" ? hostLine(chosen) : (line ?? null);
}

/** What to do where nothing can be written. The engine names options of its command; here there are fields for them. */
export function adviceOf({ verdict: { kind, fix } }: Pick<ProbeReport, "verdict">): string | null {
  switch (kind) {
    case "keep":
    case "write":
    case "leave-out":
      return null;
    case "ambiguous":
      return "Choose the one whose page is right. Undo brings back what was.";
    case "path":
      return "Put this line into tripledash.json, beside the previews. The tenant then stands in the path of every address.";
    case "unread":
      return "If its tenants are told apart only further in, ask below for a page that shows the tenant, as tenants that the app knows.";
    case "not-understood":
      if (fix?.includes("--path")) return "Ask below for a page that every tenant has, such as /about.";
      if (fix?.includes("--host")) return "See what the app does with the host, in middleware or proxy.ts, and write its form under “Edit…”, as “Host to send”.";
      return fix ? sentence(fix) : null;
    case "no-answer":
      return "See that the app runs and can be reached, then ask again.";
  }
}

/** In a line of a pane: what was found by itself. `null`: all is well. */
export function foundInShort({ verdict: { kind, host } }: Pick<ProbeReport, "verdict">): string | null {
  switch (kind) {
    case "keep":
      return null;
    case "write":
      return `The app wants Host ${host ?? ""}`;
    case "leave-out":
      return "The app needs no host line";
    case "ambiguous":
      return "The app understands several Hosts";
    case "path":
      return "The app reads the tenant from the path, not from the Host";
    case "unread":
      return "The app does not seem to read the tenant from the Host";
    case "not-understood":
      return "The app understands none of the usual Hosts";
    case "no-answer":
      return "The app did not answer when it was asked for its Host";
  }
}
