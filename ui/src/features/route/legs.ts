import type { Exchange } from "@/api/types";

export type Leg = { name: string; from: number; to: number };

/** The time of an exchange cut at what is known of it: looking the name up, connecting, TLS, waiting for the app, the body. In µs from the request's head. */
export function legs({ timings, durationUs }: Pick<Exchange, "timings" | "durationUs">): Leg[] {
  const end = timings.totalUs ?? durationUs;
  const marks: [string, number | null][] = [
    ["DNS", timings.dnsUs],
    ["connect", timings.connectUs],
    ["TLS", timings.tlsUs],
    ["app", timings.firstByteUs],
    ["body", end],
  ];
  const found: Leg[] = [];
  let from = 0;
  for (const [name, to] of marks) {
    if (to === null) continue;
    found.push({ name, from, to: Math.max(from, to) });
    from = Math.max(from, to);
  }
  return found;
}
