/** How many rows came after the one that was the newest when the person looked away. */
export function newerThan(visible: readonly string[], left: string | null): number {
  if (left === null) return 0;
  const at = visible.lastIndexOf(left);
  return at < 0 ? visible.length : visible.length - 1 - at;
}

/** By how many rows the anchor moved; 0 where it is gone. Old rows that were dropped make it negative. */
export function shiftOf(before: readonly string[], now: readonly string[], anchor: string | null): number {
  if (anchor === null) return 0;
  const from = before.indexOf(anchor);
  const to = now.indexOf(anchor);
  return from < 0 || to < 0 ? 0 : to - from;
}

/** The row that a key leads to, `null` where the key means nothing here. Without a row to start from, the newest. */
export function stepFrom(visible: readonly string[], from: string | null, key: string, page: number): string | null {
  const last = visible.length - 1;
  const at = from === null ? -1 : visible.indexOf(from);
  const to = (index: number) => visible[Math.min(last, Math.max(0, index))] ?? null;
  switch (key) {
    case "ArrowDown":
      return to(at < 0 ? last : at + 1);
    case "ArrowUp":
      return to(at < 0 ? last : at - 1);
    case "PageDown":
      return to(at < 0 ? last : at + page);
    case "PageUp":
      return to(at < 0 ? last : at - page);
    case "Home":
      return to(0);
    case "End":
      return to(last);
    default:
      return null;
  }
}
