import type { Preview } from "@/api/types";
import { serverWords, stageOf } from "@/state/serving";
import { ago } from "@/state/clock";
import { upstreamShort } from "./upstream";

export type Tone = "plain" | "ok" | "warn" | "bad";
export type Mark = { tone: Tone; hollow: boolean; busy: boolean; label: string };

const statusWords = { up: "answers", down: "does not answer", unknown: "not asked yet" };
const deploymentWords = { queued: "waits to be built", building: "is built", ready: "deployed", failed: "could not be built", canceled: "was canceled", unknown: "state unknown" };

/** How a preview is doing, as a dot and in words. */
export function markOf(preview: Preview): Mark {
  const { server, deployment, status, statusReason, missingVariables, untrusted, upstream } = preview;
  const mark = (tone: Tone, label: string, hollow = false, busy = false): Mark => ({ tone, hollow, busy, label });
  if (untrusted !== null) return mark("warn", "waits for trust", true);
  if (missingVariables.length > 0) return mark("warn", `needs ${missingVariables.join(", ")}`);
  if (server && stageOf(server) !== "on") {
    const label = server.message ?? serverWords(server);
    switch (stageOf(server)) {
      case "underway":
      case "ending":
        return mark("warn", serverWords(server), false, true);
      case "broken":
        return mark("bad", label, true);
      default:
        return mark("plain", label, true);
    }
  }
  if (deployment && upstream === null) {
    const underway = deployment.state === "queued" || deployment.state === "building";
    return mark(underway ? "warn" : deployment.state === "failed" ? "bad" : "plain", deploymentWords[deployment.state], true, underway);
  }
  const words = server ? serverWords(server) : statusWords[status];
  if (status === "down") return mark("bad", statusReason ?? statusWords.down, true);
  return status === "up" || server ? mark("ok", words) : mark("plain", words, true);
}

/** The same in few words, without the reason: what is read aloud of a row. */
export function stateWords(preview: Preview): string {
  const { server, status, missingVariables } = preview;
  if (missingVariables.length === 0 && server && stageOf(server) !== "on") return serverWords(server);
  return missingVariables.length === 0 && preview.upstream !== null && status === "down" ? statusWords.down : markOf(preview).label;
}

const short = { preparing: "checkout…", setup: "setup…", starting: "starting…", stopping: "stopping…", exited: "ended", failed: "failed" } as const;

/** The word or number at the right end of a preview's row. */
export function stateShort(preview: Preview, now: number): { text: string; tone: Tone } {
  const { server, deployment, upstream, commit, missingVariables, untrusted } = preview;
  if (untrusted !== null) return { text: "not trusted", tone: "warn" };
  if (missingVariables.length > 0) return { text: "needs a variable", tone: "warn" };
  if (server && server.state !== "stopped" && server.state !== "ready")
    return { text: short[server.state], tone: stageOf(server) === "broken" ? "bad" : "warn" };
  if (server?.state === "ready") return { text: server.port === null ? "" : `:${server.port}`, tone: "plain" };
  if (deployment && deployment.state !== "ready" && deployment.state !== "unknown")
    return { text: deployment.state, tone: deployment.state === "failed" ? "bad" : deployment.state === "canceled" ? "plain" : "warn" };
  if (preview.source !== null) return { text: ago(deployment?.created ?? commit?.at ?? null, now), tone: "plain" };
  return { text: upstream === null ? "" : upstreamShort(upstream), tone: "plain" };
}

/** `↑2 ↓1`, and in words. Null where the branch and what it follows are the same, or nothing is known. */
export function distanceOf({ distance }: Preview): { text: string; label: string } | null {
  if (!distance) return null;
  const { upstream, ahead, behind, gone } = distance;
  if (gone) return { text: "gone", label: `${upstream} is gone` };
  const parts = [ahead ? `↑${ahead}` : "", behind ? `↓${behind}` : ""].filter(Boolean);
  if (parts.length === 0) return null;
  const said = [ahead ? `${ahead} ahead of` : "", behind ? `${behind} behind` : ""].filter(Boolean);
  return { text: parts.join(" "), label: `${said.join(" and ")} ${upstream}` };
}

/** `±3`, and in words: files that are other than the last commit. */
export function dirtOf({ checkout }: Preview): { text: string; label: string } | null {
  const changed = checkout?.changed ?? 0;
  const untracked = checkout?.untracked ?? 0;
  if (changed + untracked === 0) return null;
  const said = [changed > 0 ? `${changed} changed` : "", untracked > 0 ? `${untracked} new` : ""].filter(Boolean);
  return { text: `±${changed + untracked}`, label: `${said.join(" and ")} ${changed + untracked === 1 ? "file" : "files"}, not committed` };
}

/** What a row calls a preview: a branch that was found by its own name, or its remote's where two have one, else the name that the file gives. */
export const titleOf = ({ source, title, branch, name }: Preview): string => (source === null ? name : (title ?? branch ?? name));

/** The name in addresses, where the title does not give it away. */
export function addressName(preview: Preview): string | null {
  const slug = titleOf(preview).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return slug === preview.name ? null : preview.name;
}
