import type { Exchanges } from "@/state/exchanges";
import { remarkCodes } from "./remarks";

export type Suggestion = { id: string; note: string };

/** Rows further back are no news any more, and looking through all of them for each batch would cost. */
const RECENT = 500;

/** What to show while nothing is chosen: the newest exchange with an issue, else the newest page load. */
export function suggestion({ visible, byId, diagnostics }: Pick<Exchanges, "visible" | "byId" | "diagnostics">): Suggestion | null {
  const remarks = remarkCodes(diagnostics);
  let page: string | null = null;
  for (let at = visible.length - 1; at >= Math.max(0, visible.length - RECENT); at -= 1) {
    const id = visible[at];
    const row = id === undefined ? undefined : byId.get(id)?.row;
    if (id === undefined || row === undefined) continue;
    if (row.diagnostics.some((code) => !remarks.has(code))) return { id, note: "Newest issue" };
    if (page === null && row.kind === "document") page = id;
  }
  return page === null ? null : { id: page, note: "Newest page load" };
}
