/** The engine's messages start small and have no full stop, as its log lines do; people read sentences. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  // a name, a path or a quoted piece at the start keeps its case
  const first = /^[a-z]+(?:[\s,’']|$)/.test(trimmed) ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
