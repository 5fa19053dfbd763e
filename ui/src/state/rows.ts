/** Rows of a form that a person adds, orders and takes out. */

/** The rows with one moved up (-1) or down (1); at the end it stays. */
export function moved<Row>(rows: readonly Row[], at: number, by: -1 | 1): Row[] {
  const next = [...rows];
  const [one, other] = [next[at], next[at + by]];
  if (one !== undefined && other !== undefined) [next[at], next[at + by]] = [other, one];
  return next;
}

/** A key that no row has yet: what tells rows apart while they have no name. */
export const nextKey = (rows: readonly { readonly key: number }[]): number => Math.max(-1, ...rows.map(({ key }) => key)) + 1;

/** Which way Alt with an arrow moves a row; `null` for any other key. */
export function movedBy({ altKey, key }: Pick<KeyboardEvent, "altKey" | "key">): -1 | 1 | null {
  if (!altKey) return null;
  return key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : null;
}
