import type { Json } from "@/api/types";
import { isObject, textOf, withFields } from "@/state/document";
import { nextKey } from "@/state/rows";

export type PartRow = { key: number; name: string };
/** The workspace's name, and where an address names its tenant, as they are edited. */
export type AddressesForm = { name: string; tenancy: "host" | "path"; parts: PartRow[] };

export function addressesOf(document: Json): AddressesForm {
  const { name, prefix, tenancy } = isObject(document) ? document : {};
  return {
    name: textOf(name), tenancy: isObject(tenancy) && tenancy["kind"] === "path" ? "path" : "host",
    parts: (Array.isArray(prefix) ? prefix.map(textOf) : ["tenant"]).map((part, key) => ({ key, name: part })),
  };
}

export const newPart = (rows: readonly PartRow[]): PartRow => ({ key: nextKey(rows), name: rows.some(({ name }) => name === "tenant") ? "" : "tenant" });

/** What the file is to say; what it leaves to its defaults stays left to them. */
export function withAddresses(document: Json, { name, tenancy, parts }: AddressesForm): Json {
  const file = isObject(document) ? document : {};
  const prefix = parts.map((part) => part.name.trim());
  const usual = file["prefix"] === undefined && prefix.length === 1 && prefix[0] === "tenant";
  const was = isObject(file["tenancy"]) ? file["tenancy"] : {};
  const kind = tenancy === "path" || was["kind"] === "host" ? tenancy : undefined;
  const after = withFields(file, { name: name.trim(), tenancy: withFields(was, { kind }) });
  return usual ? after : { ...after, prefix };
}

export type Piece = { text: string; is: "tenant" | "part" | "preview" | "rest" };

/** An address in its pieces, as it would be with such a prefix: a part other than the tenant stands by its name. */
export function sample(parts: readonly string[], tenancy: "host" | "path", { tenant, preview, base }: { tenant: string; preview: string; base: string }): Piece[] {
  const pieces = parts.map((part): Piece => (part.trim() === "tenant" ? { text: tenant, is: "tenant" } : { text: part.trim() === "" ? "…" : part.trim(), is: "part" }));
  const between = (text: string) => pieces.flatMap((piece): Piece[] => [piece, { text, is: "rest" }]);
  const host: Piece[] = [{ text: preview, is: "preview" }, { text: `.${base}`, is: "rest" }];
  return tenancy === "host" ? [...between("---"), ...host, { text: "/events", is: "rest" }] : [...host, { text: "/", is: "rest" }, ...between("/"), { text: "events", is: "rest" }];
}
