/** The nouns of the HTTP API, by the names the page uses. The shapes are generated: `schema.ts` comes from the engine's own description. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type WorkspaceState = Schemas["WorkspaceState"];
export type Tenant = Schemas["Tenant"];
export type Preview = Schemas["Preview"];
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
