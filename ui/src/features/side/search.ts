import type { Tenant } from "@/api/types";

const texts = new WeakMap<readonly Tenant[], readonly string[]>();

/** What is searched of each tenant, lower case, made once per workspace state: 50,000 of them must answer each keystroke. */
function searched(tenants: readonly Tenant[]): readonly string[] {
  const known = texts.get(tenants);
  if (known) return known;
  const made = tenants.map(({ id, name, domains, locale }) => `${name}\n${id}\n${domains.join("\n")}\n${locale ?? ""}`.toLowerCase());
  texts.set(tenants, made);
  return made;
}

/** The tenants that hold every word somewhere and carry every tag, in the workspace's order. */
export function findTenants(tenants: readonly Tenant[], query: string, tags: readonly string[]): readonly Tenant[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && tags.length === 0) return tenants;
  const text = searched(tenants);
  const found: Tenant[] = [];
  for (let at = 0; at < tenants.length; at += 1) {
    const tenant = tenants[at];
    if (tenant && words.every((word) => text[at]?.includes(word)) && tags.every((tag) => tenant.tags.includes(tag))) found.push(tenant);
  }
  return found;
}

/** The tags in use, most used first. */
export function tagsOf(tenants: readonly Tenant[]): string[] {
  const counts = new Map<string, number>();
  for (const { tags } of tenants) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([tag]) => tag);
}

/** An id made of a name: lower-case letters, digits and single hyphens, as a label wants it. Empty when nothing is left. */
export function idOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/ß/g, "ss")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
