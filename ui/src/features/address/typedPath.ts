/** A path as it must start; a full address pasted here keeps only its path, query and fragment. */
export function typedPath(text: string): string {
  const trimmed = text.trim();
  if (/^https?:\/\//i.test(trimmed) && URL.canParse(trimmed)) {
    const { pathname, search, hash } = new URL(trimmed);
    return pathname + search + hash;
  }
  return trimmed.startsWith("/") ? trimmed : `/${trimmed}`;
}
