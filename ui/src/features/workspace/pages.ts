import type { Json, JsonObject } from "@/api/types";
import { isObject, textOf, withFields } from "@/state/document";
import { nextKey } from "@/state/rows";

/** A page as it is edited; `key` tells it apart while it has no name. */
export type PageRow = { key: number; was: JsonObject; name: string; path: string; tenants: [id: string, path: string][] };

export function rowsOf(pages: Json | undefined): PageRow[] {
  const list = Array.isArray(pages) ? pages : [];
  return list.map((page, key) => {
    const was = isObject(page) ? page : {};
    const tenants = isObject(was["tenants"]) ? Object.entries(was["tenants"]) : [];
    return { key, was, name: textOf(was["name"]), path: textOf(was["path"]), tenants: tenants.map(([id, path]) => [id, textOf(path)]) };
  });
}

export const newPage = (rows: readonly PageRow[], path: string): PageRow => ({
  key: nextKey(rows), was: {}, name: "", path, tenants: [],
});

/** A row that was added and never named says nothing. */
export const isSaid = ({ was, name, tenants }: PageRow): boolean => name.trim() !== "" || tenants.length > 0 || Object.keys(was).length > 0;

/** `undefined`: the file has no pages. */
export function pagesOf(rows: readonly PageRow[]): Json | undefined {
  const pages = rows.filter(isSaid).map(({ was, name, path, tenants }) =>
    withFields({ ...was, name: name.trim(), path: path.trim() }, { tenants: Object.fromEntries(tenants.map(([id, path]) => [id, path.trim()])) }),
  );
  return pages.length === 0 ? undefined : pages;
}
