/** Filters that are one click away. Each is one term, put in or taken out of what is typed. */
export const CHIPS: { label: string; term: string; title: string }[] = [
  { label: "Issues", term: "is:diagnosed", title: "Exchanges with a diagnostic" },
  { label: "Errors", term: "status:>=400", title: "Answers from 400 up" },
  { label: "Pages", term: "kind:document", title: "Documents only" },
  { label: "No assets", term: "-kind:asset,hmr", title: "Leave out assets and hot reloading" },
];

const terms = (filter: string) => filter.split(/\s+/).filter(Boolean);

export const hasTerm = (filter: string, term: string): boolean => terms(filter).includes(term);

export function toggleTerm(filter: string, term: string): string {
  const all = terms(filter);
  return (all.includes(term) ? all.filter((one) => one !== term) : [...all, term]).join(" ");
}

/** The filter around a wrong place, so that it can be shown: what is before it, the wrong term, what follows. Columns count from 1. */
export function around(filter: string, column: number): { before: string; wrong: string; after: string } {
  const start = Math.min(Math.max(0, column - 1), filter.length);
  const end = filter.slice(start).search(/\s/);
  const stop = end < 0 ? filter.length : start + Math.max(1, end);
  return { before: filter.slice(0, start), wrong: filter.slice(start, stop), after: filter.slice(stop) };
}
