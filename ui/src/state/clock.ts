import { useEffect, useState } from "react";

const MINUTE = 60_000;
const steps: readonly (readonly [limit: number, unit: number, word: string])[] = [
  [60, 1, "min"], [24 * 60, 60, "h"], [14 * 24 * 60, 24 * 60, "d"], [9 * 7 * 24 * 60, 7 * 24 * 60, "wk"], [730 * 24 * 60, 30.4 * 24 * 60, "mo"],
];

/** How long ago, as short as it can be said: `now`, `4 min`, `3 h`, `2 d`, `5 wk`, `7 mo`, `3 y`. Empty for what is no time. */
export function ago(at: string | null, now: number): string {
  const time = at === null ? Number.NaN : Date.parse(at);
  if (Number.isNaN(time)) return "";
  const minutes = (now - time) / MINUTE;
  if (minutes < 1) return "now";
  for (const [limit, unit, word] of steps) if (minutes < limit) return `${Math.floor(minutes / unit)}\u202f${word}`;
  return `${Math.floor(minutes / (365.25 * 24 * 60))}\u202fy`;
}

/** The same for a sentence: `just now`, `4 min ago`. */
export function since(at: string | null, now: number): string {
  const short = ago(at, now);
  return short === "" ? "" : short === "now" ? "just now" : `${short} ago`;
}

/** The time, told again each half minute: ages must not stand still. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE / 2);
    return () => clearInterval(timer);
  }, []);
  return now;
}
