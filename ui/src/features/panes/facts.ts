import { useEffect, useMemo, useState } from "react";
import type { Exchanges } from "@/state/exchanges";
import { remarkCodes } from "../trace/remarks";
import { type PaneSpec, paneKey } from "@/state/selection";
import { useStore } from "@/state/store";

/** What the trace says about the page that a pane shows. */
export type Facts = { status: number | null; durationUs: number | null; issues: number };

export const noFacts: Facts = { status: null, durationUs: null, issues: 0 };

/**
 * Reads the rows from the newest back to each pane's last page load: its status and time, and how many different diagnostics
 * were found since, mere remarks aside. A chain of redirects belongs to the load that it ends in.
 */
export function factsOf(
  panes: readonly PaneSpec[], { order, byId, diagnostics }: Pick<Exchanges, "order" | "byId" | "diagnostics">,
): ReadonlyMap<string, Facts> {
  const remarks = remarkCodes(diagnostics);
  type Reading = { status: number | null; durationUs: number | null; found: boolean; codes: Set<string> };
  const open = new Map<string, Reading>(
    panes.map(({ key }) => [key, { status: null, durationUs: null, found: false, codes: new Set<string>() }]),
  );
  const facts = new Map<string, Facts>();
  const settle = (key: string, { status, durationUs, codes }: Reading) => {
    open.delete(key);
    facts.set(key, { status, durationUs, issues: codes.size });
  };
  for (let at = order.length - 1; at >= 0 && open.size > 0; at -= 1) {
    const row = byId.get(order[at] ?? "")?.row;
    if (!row || row.preview === null) continue;
    const key = paneKey(row.tenant, row.preview, row.session);
    const reading = open.get(key);
    if (!reading) continue;
    if (row.kind === "document") {
      const redirect = row.status !== null && row.status >= 300 && row.status < 400;
      if (reading.found && !redirect) {
        settle(key, reading);
        continue;
      }
      if (!reading.found) {
        reading.found = true;
        reading.status = row.status;
        reading.durationUs = row.durationUs;
      }
    }
    for (const code of row.diagnostics) if (!remarks.has(code)) reading.codes.add(code);
  }
  for (const [key, reading] of open) settle(key, reading);
  return facts;
}

const CALM_MS = 200;

/** The facts, read again a few times a second at most: a busy trace must not make the panes' heads busy. */
export function useFacts(panes: readonly PaneSpec[]): ReadonlyMap<string, Facts> {
  const exchanges = useCalm();
  return useMemo(() => factsOf(panes, exchanges), [panes, exchanges]);
}

function useCalm(): Exchanges {
  const [calm, setCalm] = useState(() => useStore.getState().exchanges);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = () => {
      timer = undefined;
      setCalm(useStore.getState().exchanges);
    };
    take();
    const stop = useStore.subscribe((state, before) => {
      if (state.exchanges !== before.exchanges) timer ??= setTimeout(take, CALM_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  return calm;
}

/** The filter that shows what is wrong in a pane. */
export function issuesFilter({ tenant, preview, session }: PaneSpec): string {
  const terms = [`preview:${preview}`, "is:diagnosed"];
  if (tenant !== null) terms.unshift(`tenant:${tenant}`);
  if (session !== null) terms.push(`session:${session}`);
  return terms.join(" ");
}
