/** What the tests read of the API's answers. */
export type ExchangeRow = {
  id: string;
  tenant: string | null;
  preview: string | null;
  session: string | null;
  kind: string;
  method: string;
  path: string;
  rewrittenTo: string | null;
  status: number | null;
  state: "open" | "done" | "failed";
  diagnostics: string[];
};

export type Exchange = ExchangeRow & {
  url: string;
  predicted: string | null;
  actual: string | null;
  comparison: string;
  comparisonReason: string;
  edits: { stage: string; field: string; before: string | null; after: string | null; why: string }[];
  responseHeaders: [string, string][];
  diagnosis: { code: string; message: string; fix: string | null; evidence: string[] }[];
};

export type WorkspaceState = {
  name: string;
  origin: { kind: string; folder: string; file: string };
  tenants: { id: string; name: string }[];
  previews: { name: string; upstream: string }[];
  problems: { severity: string; line: number; column: number; message: string }[];
};
