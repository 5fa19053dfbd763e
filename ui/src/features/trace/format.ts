/** A number and its unit, apart so that columns can align on both. */
export type Quantity = { value: string; unit: string };

const NONE: Quantity = { value: "–", unit: "" };

const short = (value: number) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

/** µs as a person reads them: `0.4 ms`, `38 ms`, `1.2 s`, `3.5 min`. */
export function duration(us: number | null): Quantity {
  if (us === null) return NONE;
  const ms = us / 1000;
  if (ms < 999.5) return { value: ms < 1 ? ms.toFixed(1) : String(Math.round(ms)), unit: "ms" };
  const s = ms / 1000;
  if (s < 59.95) return { value: short(s), unit: "s" };
  return { value: short(s / 60), unit: "min" };
}

/** Bytes, in thousands: `0 B`, `7.1 kB`, `54 kB`, `1.2 MB`. */
export function size(bytes: number): Quantity {
  if (bytes < 100) return { value: String(bytes), unit: "B" };
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let at = 0;
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return { value: short(value), unit: units[at] ?? "TB" };
}

export const text = ({ value, unit }: Quantity): string => (unit ? `${value}\u202f${unit}` : value);

/** Since the trace began: `11.482 s`, `2:05.482`, `1:02:05`. */
export function since(at: number, origin: number): string {
  const ms = Math.max(0, at - origin);
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(3)}\u202fs`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${(seconds % 60).toFixed(3).padStart(6, "0")}`;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** `1 issue`, `3 issues`, `10,000 rows`. */
export function count(of: number, noun: string, nouns = `${noun}s`): string {
  return `${of.toLocaleString("en")} ${of === 1 ? noun : nouns}`;
}
