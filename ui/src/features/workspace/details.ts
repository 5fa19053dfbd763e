import type { Json, JsonObject } from "@/api/types";
import { isObject, textOf, valueAt, withFields } from "@/state/document";

export type HeaderRow = { key: number; name: string; value: string };

/** What previews by name and sources have alike, as it is edited. A tenant is `null` where it is left out, else its id there. */
export type Details = { headers: HeaderRow[]; tenants: [id: string, here: string | null][]; ca: string; insecure: boolean; timeout: string };

const entries = (value: Json | undefined) => (isObject(value) ? Object.entries(value) : []);

export const headerRows = (headers: Json | undefined): HeaderRow[] => entries(headers).map(([name, value], key) => ({ key, name, value: textOf(value) }));

/** Rows that say nothing are left out. */
export const headersOf = (rows: readonly HeaderRow[]): JsonObject =>
  Object.fromEntries(rows.map(({ name, value }): [string, string] => [name.trim(), value]).filter(([name, value]) => name !== "" || value !== ""));

export function detailsOf(object: JsonObject): Details {
  const { tls, timeout } = object;
  return {
    headers: headerRows(object["headers"]),
    tenants: entries(object["tenants"]).map(([id, here]) => [id, here === null ? null : textOf(valueAt(here, ["id"]))]),
    ca: textOf(valueAt(tls, ["ca"])), insecure: valueAt(tls, ["insecure"]) === true,
    timeout: typeof timeout === "number" ? String(timeout) : textOf(timeout),
  };
}

/** The object with its details as edited; what the window does not know stays. */
export function withDetails(object: JsonObject, { headers, tenants, ca, insecure, timeout }: Details): JsonObject {
  const tls = isObject(object["tls"]) ? object["tls"] : {};
  return withFields(object, {
    headers: headersOf(headers),
    tenants: Object.fromEntries(tenants.map(([id, here]): [string, Json] => [id, here === null ? null : { id: here.trim() }])),
    tls: withFields(tls, { ca: ca.trim(), insecure: insecure || (tls["insecure"] === false ? false : undefined) }),
    timeout: secondsOf(timeout),
  });
}

/** What is no number goes to the engine as it is, which says what it wants. */
function secondsOf(text: string): Json {
  const trimmed = text.trim();
  return /^\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** The header's name that stands in two rows: the file could hold one of them only. */
export function twice(headers: readonly HeaderRow[]): string | null {
  const names = headers.map(({ name }) => name.trim().toLowerCase()).filter((name) => name !== "");
  return names.find((name, at) => names.indexOf(name) !== at) ?? null;
}

/** Lines or words apart by commas. */
export const listOf = (text: string): string[] => text.split(/[,\n]/).map((one) => one.trim()).filter((one) => one !== "");
export const joined = (value: Json | undefined): string => (Array.isArray(value) ? value.map(textOf).join(", ") : "");
