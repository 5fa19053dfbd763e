import type { Preview, Source } from "@/api/types";
import { stageOf } from "@/state/serving";

/** From this many on, previews can be searched. */
export const SEARCHED_FROM = 9;

export type Row =
  | { kind: "head"; key: string; source: Source; count: number }
  /** What is wrong with a source, what should be known of it, or what it left out. */
  | { kind: "note"; key: string; source: Source; about: "status" | "notes" | "left-out" }
  | { kind: "preview"; key: string; preview: Preview };

const texts = new WeakMap<Preview, string>();

function searchedText(preview: Preview): string {
  const known = texts.get(preview);
  if (known !== undefined) return known;
  const { name, title, branch, commit, deployment } = preview;
  const text = [name, title, branch, commit?.subject, commit?.author, commit?.id, deployment?.url].filter(Boolean).join("\n").toLowerCase();
  texts.set(preview, text);
  return text;
}

/** The previews that hold every word somewhere: in the name, the branch, the last commit, the deployment's address. */
export function findPreviews(previews: readonly Preview[], query: string): readonly Preview[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return previews;
  return previews.filter((preview) => {
    const text = searchedText(preview);
    return words.every((word) => text.includes(word));
  });
}

const timeOf = ({ commit, deployment }: Preview): number => {
  const time = Date.parse(deployment?.created ?? commit?.at ?? "");
  return Number.isNaN(time) ? 0 : time;
};
const newestFirst = (a: Preview, b: Preview) => timeOf(b) - timeOf(a) || a.name.localeCompare(b.name);

/** What a person works with: the file names it, it is the working copy, or its server was started. */
const isPinned = ({ source, checkout, server }: Preview): boolean =>
  source === null || checkout?.workingCopy === true || (server !== null && stageOf(server) !== "off");

const pinRank = ({ source, checkout }: Preview): number => (source === null ? 0 : checkout?.workingCopy ? 1 : 2);

const kindRank = { git: 0, template: 1, vercel: 2 } as const;

/**
 * The list from top to bottom: what a person works with, then each source's other previews, newest first, branches before
 * deployments. A source has its head also where nothing of it is shown, because it says how it is doing.
 */
export function sections(previews: readonly Preview[], sources: readonly Source[], query: string): Row[] {
  const found = findPreviews(previews, query);
  const row = (preview: Preview): Row => ({ kind: "preview", key: preview.name, preview });
  const pinned = found.filter(isPinned).map((preview, at) => ({ preview, at }));
  pinned.sort((a, b) => pinRank(a.preview) - pinRank(b.preview) || (a.preview.source === null ? a.at - b.at : newestFirst(a.preview, b.preview)));
  const rows: Row[] = pinned.map(({ preview }) => row(preview));
  const searching = query.trim() !== "";
  const order = sources.map((source, index) => ({ source, index })).sort((a, b) => kindRank[a.source.kind] - kindRank[b.source.kind] || a.index - b.index);
  for (const { source, index } of order) {
    const others = found.filter((preview) => preview.source === index && !isPinned(preview)).sort(newestFirst);
    if (searching && others.length === 0) continue;
    rows.push({ kind: "head", key: `head ${index}`, source, count: others.length });
    if (source.message !== null || source.status === "untrusted") rows.push({ kind: "note", key: `note ${index}`, source, about: "status" });
    if (source.notes.length > 0 && !searching) rows.push({ kind: "note", key: `notes ${index}`, source, about: "notes" });
    rows.push(...others.map(row));
    if (source.leftOut > 0 && !searching) rows.push({ kind: "note", key: `left out ${index}`, source, about: "left-out" });
  }
  return rows;
}
