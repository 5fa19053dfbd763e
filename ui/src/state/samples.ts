import type { Preview, Server, Source, Tenant, WorkspaceState } from "@/api/types";

/** Whole nouns of the API for tests, which name only what they are about. */
export const sampleTenant = (id: string, change: Partial<Tenant> = {}): Tenant => ({
  id, name: id, color: "#e5484d", domains: [], locale: null, tags: [], ...change,
});

export const samplePreview = (name: string, change: Partial<Preview> = {}): Preview => ({
  name, branch: null, source: null, commit: null, distance: null, checkout: null, server: null, deployment: null,
  upstream: "http://localhost:3000", host: null, access: "full", status: "unknown", statusReason: null,
  unlocked: false, insecure: false, missingVariables: [], untrusted: null, requestsSince: null, title: null, excludedTenants: [], ...change,
});

export const sampleServer = (change: Partial<Server> = {}): Server => ({
  state: "stopped", port: null, message: null, adopted: false, canStart: true, hasLog: false, ...change,
});

/** A branch of the first source, whose server does not run. */
export const sampleBranch = (name: string, change: Partial<Preview> = {}): Preview =>
  samplePreview(name, { branch: name, source: 0, upstream: null, server: sampleServer(), ...change });

export const sampleSource = (change: Partial<Source> = {}): Source => ({
  at: 0, kind: "git", text: ".", status: "good", message: null, fix: null, readAt: null, notes: [], head: null, leftOut: 0, starts: true, host: null, ...change,
});

export const sampleWorkspace = (change: Partial<WorkspaceState> = {}): WorkspaceState => ({
  generation: 1, revision: 1, name: "w", origin: { kind: "folder", folder: "/w", file: "/w/tripledash.json" }, prefix: ["tenant"], tenancy: "host",
  tenantList: { kind: "workspace", text: "", status: "good", message: null, fix: null, readAt: null, leftOut: 0 }, sources: [], trust: null,
  tenants: [], previews: [], overBudget: { count: 0, previews: [] }, pages: [], rules: [], variables: [], problems: [], lastEdit: null, base: "tripledash.localhost:7333", recent: [], ...change,
});
