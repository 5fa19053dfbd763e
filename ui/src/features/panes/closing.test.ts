import { expect, it } from "vitest";
import { paneKey } from "@/state/selection";
import { without } from "./closing";

const pane = (tenant: string | null, preview: string, session: string | null = null) => ({ key: paneKey(tenant, preview, session), tenant, preview, session });
const chosen = { tenants: ["a", "b"], previews: ["main", "next"], sessions: { a: ["x", "y"] } };

it("closes a session before its tenant", () => {
  expect(without(pane("a", "main", "x"), chosen)).toEqual({ sessions: { a: ["y"] } });
});

it("closes a tenant, else a preview, and never the last pane", () => {
  expect(without(pane("a", "main"), chosen)).toEqual({ tenants: ["b"] });
  expect(without(pane("a", "main"), { ...chosen, tenants: ["a"] })).toEqual({ previews: ["next"] });
  expect(without(pane("a", "main"), { tenants: ["a"], previews: ["main"], sessions: {} })).toBeNull();
  expect(without(pane(null, "main"), { tenants: [], previews: ["main"], sessions: {} })).toBeNull();
});
