import type { DiagnosticCount, ExchangeRow, Stats } from "@/api/types";

export type Entry = { row: ExchangeRow; matches: boolean };

/** The rows the window holds, oldest first. `visible` are those that the filter lets through. */
export type Exchanges = {
  byId: ReadonlyMap<string, Entry>;
  order: readonly string[];
  visible: readonly string[];
  stats: Stats;
  diagnostics: readonly DiagnosticCount[];
};

/** The window keeps this many rows; the engine may keep more. */
export const ROWS_KEPT = 10_000;

export const noExchanges: Exchanges = {
  byId: new Map(),
  order: [],
  visible: [],
  stats: { kept: 0, seen: 0, dropped: 0, bytes: 0 },
  diagnostics: [],
};

type Batch = { items: readonly Entry[]; stats: Stats; diagnostics: readonly DiagnosticCount[] };

/** A snapshot replaces everything: rows of an earlier connection must not linger. */
export function fromSnapshot(batch: Batch): Exchanges {
  return withBatch(noExchanges, batch);
}

/** Puts a batch on top. A row seen before is replaced in its place, so a repeated batch changes nothing. */
export function withBatch(before: Exchanges, { items, stats, diagnostics }: Batch): Exchanges {
  if (items.length === 0) return { ...before, stats, diagnostics };
  const byId = new Map(before.byId);
  const added: string[] = [];
  let visibilityChanged = false;
  for (const entry of items) {
    const known = byId.get(entry.row.id);
    if (known === undefined) added.push(entry.row.id);
    else if (known.matches !== entry.matches) visibilityChanged = true;
    byId.set(entry.row.id, entry);
  }
  let order = before.order;
  let cut = 0;
  if (added.length > 0) {
    const all = [...before.order, ...added];
    cut = Math.max(0, all.length - ROWS_KEPT);
    for (const id of all.slice(0, cut)) byId.delete(id);
    order = cut > 0 ? all.slice(cut) : all;
  }
  const shows = (id: string) => byId.get(id)?.matches === true;
  const visible =
    cut > 0 || visibilityChanged
      ? order.filter(shows)
      : added.some(shows)
        ? [...before.visible, ...added.filter(shows)]
        : before.visible;
  return { byId, order, visible, stats, diagnostics };
}

export function cleared(before: Exchanges): Exchanges {
  return { ...noExchanges, stats: { ...before.stats, kept: 0, bytes: 0 } };
}
