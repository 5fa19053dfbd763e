import type { Diagnostic, Edit, Exchange, RuleVerdict } from "@/api/types";
import { duration, text } from "../trace/format";

export type StopId = "host" | "preview" | "rule" | "upstream" | "app" | "answer";

/** `passed`: took part and did its work. `idle`: had nothing to do. `waiting`: not known yet. `unreached`: the request never got so far. */
export type Verdict = "passed" | "wrong" | "idle" | "waiting" | "unreached";

export type Stop = {
  id: StopId;
  title: string;
  /** What came out of this stop, in a few characters. */
  value: string;
  verdict: Verdict;
  /** One sentence; for a wrong stop what went wrong. */
  reason: string;
  /** The diagnostic that made it wrong, if one did. */
  code: string | null;
  /** Places in the exchange's edits that this stop made. */
  edits: number[];
};

/** Where on the way a diagnostic belongs; one that is not known here belongs to the answer. */
const STOP_OF: Record<string, StopId> = {
  "label-over-budget": "host",
  "tenant-unlisted": "host",
  "reserved-hyphens": "host",
  "prefix-on-vercel-app": "upstream",
  "deployment-protection": "upstream",
  "upstream-refused": "upstream",
  "asset-caught-by-rewrite": "rule",
  "rule-gave-up": "rule",
  "cache-shared-across-tenants": "answer",
  "rewrite-differs": "app",
  "rewrite-external": "app",
  "tenant-ignored": "app",
  "hmr-blocked": "app",
  "redirect-leaves-tenant": "answer",
  "cookie-domain-dropped": "answer",
};

export function stopOf(code: string): StopId {
  return STOP_OF[code] ?? "answer";
}

/** The stop that made an edit. The path is a rule's; the rest of a request is made for the upstream; a response is edited last. */
export function stopOfEdit(edit: Edit): StopId {
  if (edit.stage === "response") return "answer";
  return edit.field === "path" ? "rule" : "upstream";
}

/** A rule by its place in the workspace file, as its reasons name it too. */
export const ruleName = (rule: Pick<RuleVerdict, "index">) => `rules[${rule.index}]`;

const wrongBy = (diagnosis: Diagnostic[], id: StopId) =>
  diagnosis.find((found) => found.severity !== "info" && stopOf(found.code) === id);

export function stops(exchange: Exchange): Stop[] {
  const drafts = [host(exchange), preview(exchange), rule(exchange), upstream(exchange), app(exchange), answer(exchange)];
  return drafts.map((draft) => {
    const found = draft.verdict === "unreached" ? undefined : wrongBy(exchange.diagnosis, draft.id);
    const edits = exchange.edits.flatMap((edit, at) => (stopOfEdit(edit) === draft.id ? [at] : []));
    return found ? { ...draft, edits, verdict: "wrong" as const, reason: found.message, code: found.code } : { ...draft, edits, code: null };
  });
}

type Draft = Omit<Stop, "edits" | "code">;

function host({ resolution, url }: Exchange): Draft {
  const base = { id: "host", title: "Host" } as const;
  switch (resolution.kind) {
    case "preview":
      return {
        ...base,
        value: resolution.tenant ?? "no tenant",
        verdict: "passed",
        reason: resolution.session ? `${hostIn(url)}, session ${resolution.session}` : hostIn(url),
      };
    case "workbench":
      return { ...base, value: "workbench", verdict: "passed", reason: "the base domain itself" };
    case "unknown":
      return { ...base, value: "unknown", verdict: "wrong", reason: resolution.reason };
  }
}

function preview({ resolution }: Exchange): Draft {
  const base = { id: "preview", title: "Preview" } as const;
  if (resolution.kind === "preview") {
    return { ...base, value: resolution.preview, verdict: "passed", reason: `the preview named ${resolution.preview}` };
  }
  if (resolution.kind === "workbench") return { ...base, value: "–", verdict: "unreached", reason: "no preview is asked for" };
  const near = resolution.near.length > 0 ? `nearest: ${resolution.near.join(", ")}` : "no preview has a name like it";
  return { ...base, value: "none", verdict: "unreached", reason: near };
}

function rule({ rules, resolution, upstream: target }: Exchange): Draft {
  const base = { id: "rule", title: "Rule" } as const;
  if (resolution.kind !== "preview") return { ...base, value: "–", verdict: "unreached", reason: "rules apply to previews only" };
  if (target === null && rules.length === 0) return { ...base, value: "–", verdict: "unreached", reason: "the request stopped before any rule was looked at" };
  const won = rules.filter((verdict) => verdict.matched);
  const [first] = won;
  if (!first) {
    const reason = rules.length === 0 ? "the workspace has no rules" : `none of ${rules.length} matches`;
    return { ...base, value: "none", verdict: "idle", reason };
  }
  return { ...base, value: won.map(ruleName).join(" "), verdict: "passed", reason: `${ruleName(first)} ${first.source}: ${first.reason}` };
}

function upstream(exchange: Exchange): Draft {
  const base = { id: "upstream", title: "Upstream" } as const;
  const { failure, timings, upstream: target, state, status } = exchange;
  // Without a target the request stopped with us.
  if (target === null) return { ...base, value: "not asked", verdict: "unreached", reason: failure?.message ?? "nothing was sent" };
  if (failure?.side === "upstream") return { ...base, value: "failed", verdict: "wrong", reason: failure.message };
  const origin = target.address ? `${target.origin} at ${target.address}` : target.origin;
  if (timings.firstByteUs !== null) {
    return { ...base, value: text(duration(timings.firstByteUs)), verdict: "passed", reason: `${origin} answered` };
  }
  if (state === "open" && status === null) return { ...base, value: "waiting", verdict: "waiting", reason: `${origin} has not answered yet` };
  return { ...base, value: "–", verdict: "passed", reason: origin };
}

function app({ comparison, comparisonReason, actual, predicted, failure, upstream: target, state, status }: Exchange): Draft {
  const base = { id: "app", title: "App" } as const;
  if (target === null) return { ...base, value: "–", verdict: "unreached", reason: "the app was not asked" };
  if (failure?.side === "upstream") return { ...base, value: "–", verdict: "unreached", reason: "the app did not answer" };
  if (state === "open" && status === null) return { ...base, value: "waiting", verdict: "waiting", reason: "no answer yet" };
  const reason = comparisonReason || (actual ? `rewrote to ${actual}` : "the app told of no rewrite");
  switch (comparison) {
    case "same":
      return { ...base, value: "predicted", verdict: "passed", reason };
    case "different":
      return { ...base, value: actual ? "differs" : "silent", verdict: "wrong", reason };
    case "unknown":
      return { ...base, value: "not told", verdict: "idle", reason };
    case "none":
      if (predicted !== null || actual !== null) return { ...base, value: "rewrote", verdict: "idle", reason };
      return { ...base, value: "no rewrite", verdict: "idle", reason: "No rule predicts a rewrite, and the app told of none" };
  }
}

function answer({ status, failure, state, upstream: target, url }: Exchange): Draft {
  const base = { id: "answer", title: "Answer" } as const;
  if (status === null) {
    if (failure) return { ...base, value: "none", verdict: "wrong", reason: failure.message };
    return { ...base, value: "waiting", verdict: "waiting", reason: "no answer yet" };
  }
  const value = String(status);
  if (failure) return { ...base, value, verdict: "wrong", reason: failure.message };
  if (status >= 400) return { ...base, value, verdict: "wrong", reason: `${target ? "the app" : "Tripledash"} answered ${status} for ${pathIn(url)}` };
  const reason = state === "open" ? `${status}, still under way` : `${status} handed to the browser`;
  return { ...base, value, verdict: "passed", reason };
}

/** Whether an answer came from the app: it alone has spoken a protocol to us. */
export const isFromApp = ({ timings }: Pick<Exchange, "timings">) => timings.protocol !== null;

function hostIn(url: string): string {
  return /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url;
}

function pathIn(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? url;
}
