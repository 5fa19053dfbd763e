import type { Log } from "@/state/log";
import { plainText } from "@/state/log";
import type { LogLine } from "@/api/types";

export type LogRow =
  | { kind: "missed"; key: string; count: number }
  | { kind: "phase"; key: string; setup: boolean }
  | { kind: "line"; key: string; line: LogLine; text: string };

const texts = new WeakMap<LogLine, string>();

export function textOf(line: LogLine): string {
  const known = texts.get(line);
  if (known !== undefined) return known;
  const made = plainText(line.text);
  texts.set(line, made);
  return made;
}

export const wordsOf = (query: string): string[] => query.trim().toLowerCase().split(/\s+/).filter(Boolean);

/** The lines that hold every word, with what divides them: lines that are gone, and where the setup ends and the server begins. */
export function logRows({ lines, missed }: Pick<Log, "lines" | "missed">, query: string): LogRow[] {
  const words = wordsOf(query);
  const rows: LogRow[] = missed > 0 ? [{ kind: "missed", key: "missed", count: missed }] : [];
  const phases = lines.some(({ setup }) => setup);
  let phase: boolean | null = null;
  for (const line of lines) {
    if (phases && phase !== line.setup) rows.push({ kind: "phase", key: `phase ${line.number}`, setup: line.setup });
    phase = line.setup;
    const text = textOf(line);
    if (words.length > 0) {
      const lower = text.toLowerCase();
      if (!words.every((word) => lower.includes(word))) continue;
    }
    rows.push({ kind: "line", key: String(line.number), line, text });
  }
  return words.length === 0 ? rows : rows.filter(({ kind }) => kind === "line");
}

/** The text cut where a word was found, so that it can be marked. */
export function marked(text: string, words: readonly string[]): { text: string; on: boolean }[] {
  if (words.length === 0) return [{ text, on: false }];
  const lower = text.toLowerCase();
  // a letter that is longer in lower case would move every place behind it
  if (lower.length !== text.length) return [{ text, on: false }];
  const on = new Array<boolean>(text.length).fill(false);
  for (const word of words)
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) on.fill(true, at, at + word.length);
  const pieces: { text: string; on: boolean }[] = [];
  for (let from = 0, at = 1; at <= text.length; at += 1)
    if (at === text.length || on[at] !== on[from]) {
      pieces.push({ text: text.slice(from, at), on: on[from] === true });
      from = at;
    }
  return pieces;
}

/** All of it, as it is pasted into a message. */
export const asText = (lines: readonly LogLine[]): string => lines.map(textOf).join("\n");
