/** The nouns of the HTTP API, by the names the page uses. The shapes are generated: `schema.ts` comes from the engine's own description. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type WorkspaceState = Schemas["WorkspaceState"];
/** A preview on which some tenants' addresses would be too long: which they are, the longest first, by how much that is, and what would do. */
export type OverBudget = Schemas["OverBudget"];
/** How many such previews there are, and the first of them. */
export type OverBudgets = Schemas["OverBudgets"];
export type Tenant = Schemas["Tenant"];
export type Preview = Schemas["Preview"];
export type Source = Schemas["Source"];
export type SourceStatus = Schemas["SourceStatus"];
export type TenantList = Schemas["TenantList"];
export type Trust = Schemas["Trust"];
export type TrustedCommand = Schemas["TrustedCommand"];
export type Server = Schemas["Server"];
export type ServerState = Schemas["ServerState"];
export type Deployment = Schemas["Deployment"];
/** What a dev server printed, from one line on. */
export type LogPage = Schemas["Lines"];
export type LogLine = Schemas["LogLine"];
/** What an app made of the forms of `Host` that it was asked with. */
export type ProbeReport = Schemas["ProbeReport"];
export type ProbeRow = Schemas["ProbeRow"];
export type ProbeCell = Schemas["ProbeCell"];
export type ProbeVerdict = Schemas["ProbeVerdict"];
/** A first workspace file, and why it says what it says. */
export type Proposal = Schemas["Proposal"];
export type Variable = Schemas["Variable"];
export type Problem = Schemas["Problem"];
export type Address = Schemas["BuiltAddress"];
export type SplitAddress = Schemas["Split"];
export type Explanation = Schemas["Explanation"];
export type Resolution = Schemas["Resolution"];
export type RuleVerdict = Schemas["RuleVerdict"];
export type Edit = Schemas["Edit"];
export type Diagnostic = Schemas["Diagnostic"];
export type ExchangeRow = Schemas["ExchangeRow"];
/** OpenAPI 3 has no word for a pair. */
type Pairs = [name: string, value: string][];
export type Exchange = Omit<Schemas["Exchange"], "requestHeaders" | "responseHeaders"> & { requestHeaders: Pairs; responseHeaders: Pairs };
export type Stats = Schemas["Stats"];
/** A severity that is new to the page is shown all the same. */
export type DiagnosticCount = Omit<Schemas["DiagnosticCount"], "severity"> & { severity: string };
export type StreamLine = Schemas["StreamLine"];

/** Any value of JSON. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };
/** The workspace file: its text, and what it says where it is JSON. */
export type WorkspaceFile = { text: string | null; document: Json };
/** A key of an object, or a place in an array from 0. */
export type Step = Schemas["Step"];
/** One edit at one place. Without `before` nothing stands there, without `after` nothing shall. An array's length as the last step adds an element. */
export type FileEdit = { path: Step[]; before?: Json; after?: Json };
