import { within } from "@/state/tenancy";

/**
 * A path as it must start. A full address pasted here keeps only its path, query and fragment, less what stands before the
 * shown tenants' paths.
 */
export function typedPath(text: string, prefixes: readonly string[] = []): string {
  const trimmed = text.trim();
  if (/^https?:\/\//i.test(trimmed) && URL.canParse(trimmed)) {
    const { pathname, search, hash } = new URL(trimmed);
    const path = pathname + search + hash;
    const own = prefixes.filter((prefix) => prefix !== "").map((prefix) => within(path, prefix));
    return own.find((found) => found !== null) ?? path;
  }
  return trimmed.startsWith("/") ? trimmed : `/${trimmed}`;
}
