// The nouns of the HTTP API. Ids are strings, times RFC 3339, durations µs (names end in Us), sizes bytes.

export type WorkspaceState = {            // GET workspace ; also in the stream
  generation: number;
  name: string;
  origin: { kind: "demo" | "draft" | "folder"; folder: string; file: string };  // draft: kept in our data folder until saved somewhere
  prefix: string[];                       // names of the prefix parts, usually ["tenant"]
  tenants: Tenant[];
  previews: Preview[];
  pages: { name: string; path: string; tenants: Record<string, string> }[];
  rules: { index: number; by: "proxy" | "app"; source: string; destination: string | null }[];
  problems: Problem[];                    // errors/warnings of the file as it is now; when any is "error" the state shown is the last good one
  canUndo: boolean;
  base: string;                           // "tripledash.localhost:7333"
  recent: { name: string; folder: string }[];
};
export type Tenant = { id: string; name: string; color: string; domains: string[]; locale: string | null; tags: string[] };  // color always "#rrggbb" (assigned from a palette when absent)
export type Preview = {
  name: string; branch: string | null; upstream: string; host: string | null; access: "full" | "read-only";
  status: "unknown" | "up" | "down"; statusReason: string | null;             // last seen by traffic or by a TCP check of the upstream
  unlocked: boolean;                       // read-only preview deliberately unlocked for this run
  missingVariables: string[];
  excludedTenants: string[];
};
export type Problem = { severity: "error" | "warning"; file: string; line: number; column: number; found: string; wanted: string; message: string; hint: string | null };

// POST workspace/demo {} ; POST workspace/open {folder} ; POST workspace/start {text}  (text: pasted preview URL or dev server address -> draft workspace; returns {workspace, tenant: string|null, preview: string})
// POST workspace/save {folder} (writes tripledash.json there and goes on from that file) ; POST workspace/undo {} ; all return WorkspaceState (start: see above)
// POST workspace/tenants {id, name?, color?, ...} ; PATCH workspace/tenants/{id} {..} ; DELETE workspace/tenants/{id}
// POST workspace/previews {name, upstream, branch?, host?, access?} ; PATCH workspace/previews/{name} ; DELETE ; POST workspace/previews/{name}/unlock {unlocked: boolean}
// Edits write the workspace's file at once, formatting kept; undo brings the text before back.

// POST addresses {items: {tenant: string|null, preview: string, session?: string|null, path?: string}[]} -> {addresses: Address[]}
export type Address = {
  url: string | null; remoteUrl: string | null; remoteReason: string | null;   // why there is no remote URL
  host: string | null;
  budget: { used: number; limit: 63; over: number; label: string };
  problems: { severity: "error" | "warning"; code: string; message: string; fix: string | null }[];
};
// POST split {text} -> {tenant: string|null, preview: string, suffix: string|null, upstream: string, path: string, kind: "tenant-preview"|"preview"|"dev-server"}   (400 {code:"unreadable-address", message} when it cannot)

// POST explain {url, method?, headers?: {name,value}[]} -> Explanation (DESIGN section 9 shape)
export type Explanation = {
  url: string; host: string; resolution: Resolution;
  extractors: { tldts: string | null; "first-label": string | null; "starter-kit": string | null };
  rules: RuleVerdict[]; predicted: string | null;
  upstream: { origin: string; host: string; path: string } | null;
  edits: Edit[]; diagnostics: Diagnostic[];
};
export type Resolution =
  | { kind: "preview"; tenant: string | null; preview: string; session: string | null; parts: Record<string, string> }
  | { kind: "workbench" } | { kind: "unknown"; reason: string; near: string[] };
export type RuleVerdict = { index: number; by: "proxy" | "app"; source: string; matched: boolean; reason: string; params: Record<string, string | string[]> };
export type Edit = { stage: "request" | "response"; field: string; before: string | null; after: string | null; why: string };
export type Diagnostic = { code: DiagnosticCode; severity: "error" | "warning" | "info"; message: string; evidence: string[]; fix: string | null };
// evidence: lines a person can verify, e.g. "x-middleware-rewrite: /acme/logo.png"; fix: the exact line(s) to paste or null. `explain --json` prints code, severity, message, fix (evidence too).
export type DiagnosticCode = "label-over-budget" | "tenant-unlisted" | "tenant-ignored" | "redirect-leaves-tenant" | "asset-caught-by-rewrite" | "hmr-blocked"
  | "rewrite-differs" | "upstream-refused" | "deployment-protection" | "prefix-on-vercel-app" | "reserved-hyphens" | "cookie-domain-dropped" | string;

// GET exchanges?filter=&limit=  -> {items: ExchangeRow[], dropped: number}  ; GET exchanges/{id} -> Exchange ; DELETE exchanges (clear) -> 204
// POST exchanges/{id}/replay {tenants: string[]} -> {ids: string[]}  ; GET exchanges/{id}/curl -> {command}
export type ExchangeRow = {
  id: string; startedAt: string; tenant: string | null; preview: string | null; session: string | null;
  kind: "document" | "rsc" | "data" | "asset" | "api" | "hmr" | "websocket" | "other";
  method: string; path: string;            // path and query as asked
  rewrittenTo: string | null;              // the app's own rewrite, cleaned (path only)
  status: number | null; durationUs: number | null; responseBytes: number; state: "open" | "done" | "failed";
  diagnostics: string[];                   // codes
};
export type Exchange = ExchangeRow & {
  url: string; resolution: Resolution; rules: RuleVerdict[]; predicted: string | null; actual: string | null;
  comparison: "same" | "different" | "unknown" | "none";   // none: no app rule predicted anything and the app told nothing
  comparisonReason: string;
  upstream: { origin: string; host: string; path: string; address: string | null } | null;   // address: the socket that answered
  timings: { connectUs: number | null; tlsUs: number | null; firstByteUs: number | null; totalUs: number | null; reused: boolean };
  requestBytes: number; cache: string | null;
  edits: Edit[]; requestHeaders: [string, string][]; responseHeaders: [string, string][];  // as sent upstream / as got from upstream, redacted
  failure: { side: "downstream" | "upstream" | "internal"; code: string; message: string } | null;
  diagnosis: Diagnostic[];
};

// GET stream?filter=&limit=  : NDJSON (application/x-ndjson), one object a line, starts with a snapshot:
export type StreamLine =
  | { kind: "snapshot"; workspace: WorkspaceState; exchanges: { row: ExchangeRow; matches: boolean }[]; stats: Stats; diagnostics: DiagnosticCount[] }
  | { kind: "exchanges"; items: { row: ExchangeRow; matches: boolean }[]; stats: Stats; diagnostics: DiagnosticCount[] }  // batched every <=50 ms; same id again = updated row
  | { kind: "workspace"; workspace: WorkspaceState }
  | { kind: "cleared" } | { kind: "reset" }                                     // reset: the reader lagged, a new snapshot line follows at once
  | { kind: "shell"; request: { kind: "open"; workspace?: string; tenant?: string; preview?: string; path?: string } | { kind: "command"; id: string } }; // deep link and menu commands from the desktop shell
export type Stats = { kept: number; seen: number; dropped: number; bytes: number };
export type DiagnosticCount = { code: string; severity: string; title: string; count: number; lastExchange: string };

// GET shell -> {pickFolder: boolean, windows: boolean}   (desktop: true; `tripledash serve`: both false)
// POST shell/pick-folder {} -> {folder: string|null} ; POST shell/open-browser {url} -> 204 ; POST shell/open-window {url, title} -> 204  (409 {code:"no-shell"} when headless)

// Filter language (server side, core::filter): space-separated terms, all must hold: `tenant:acme,globex` `preview:main` `status:404` `status:>=400` `kind:rsc` `method:POST`
// `session:admin` `is:open|failed|diagnosed` `code:label-over-budget`, a bare word or /path = substring of path; `-term` negates. A bad term: 400 {code:"bad-filter", message, column}.

// The page itself: GET / (the workbench, CSP with frame-src http://*.tripledash.localhost:PORT). Token arrives in the fragment `#token=…`, is stored in localStorage, the address is cleaned.
// Without a token the page shows a "paste the token / run tripledash serve" screen.
