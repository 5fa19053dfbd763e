import type { Json, Tenant } from "@/api/types";
import { isObject, textOf, withFields } from "@/state/document";
import { headerRows, headersOf, type HeaderRow } from "./details";

export type From = "here" | "file" | "url" | "command";

/** Where tenants are listed, as it is edited; `command` has one word a line, because no shell takes it apart. */
export type TenantsFrom = { from: From; file: string; url: string; headers: HeaderRow[]; refresh: string; command: string };

export function tenantsFrom(tenants: Json | undefined): TenantsFrom {
  const said = isObject(tenants) ? tenants : {};
  const { file, url, headers, refresh, command } = said;
  const from = file !== undefined ? "file" : url !== undefined ? "url" : command !== undefined ? "command" : "here";
  return {
    from, file: textOf(file), url: textOf(url), headers: headerRows(headers), refresh: textOf(refresh),
    command: Array.isArray(command) ? command.map(textOf).join("\n") : "",
  };
}

/** What the file is to say. `listed` are the tenants to write into it where they are listed here and were not before. */
export function tenantsIn(before: Json | undefined, form: TenantsFrom, listed: readonly Tenant[]): Json | undefined {
  const same = tenantsFrom(before).from === form.from;
  const kept = same && isObject(before) ? before : {};
  const refresh = form.refresh.trim();
  switch (form.from) {
    case "here":
      return same ? before : listed.map(written);
    case "file":
      return { ...kept, file: form.file.trim() };
    case "url":
      return withFields({ ...kept, url: form.url.trim() }, { headers: headersOf(form.headers), refresh });
    case "command":
      return withFields({ ...kept, command: words(form.command) }, { refresh });
  }
}

export const words = (command: string): string[] => command.split("\n").map((word) => word.trim()).filter((word) => word !== "");

function written({ id, name, color, domains, locale, tags }: Tenant): Json {
  return withFields({ id }, { name: name === id ? undefined : name, color, domains, locale: locale ?? undefined, tags });
}
