import type { PaneSpec, Selection } from "@/state/selection";

type Chosen = Pick<Selection, "tenants" | "previews" | "sessions">;

/** The choice without a pane: its session, else its tenant, else its preview. `null` for the last pane. */
export function without({ tenant, preview, session }: PaneSpec, { tenants, previews, sessions }: Chosen): Partial<Selection> | null {
  if (tenant !== null && session !== null) {
    return { sessions: { ...sessions, [tenant]: (sessions[tenant] ?? []).filter((one) => one !== session) } };
  }
  if (tenant !== null && tenants.length > 1) return { tenants: tenants.filter((one) => one !== tenant) };
  if (previews.length > 1) return { previews: previews.filter((one) => one !== preview) };
  return null;
}
