/** Header lines in wire order; secrets were taken out before they were recorded. */
export function Headers({ title, lines }: { title: string; lines: readonly (readonly [string, string])[] }) {
  if (lines.length === 0) return null;
  return (
    <details className="group">
      <summary className="w-fit cursor-default rounded-[4px] text-cap font-name text-second select-none marker:text-third hover:text-text">
        {title} <span className="wire font-normal text-third">{lines.length}</span>
      </summary>
      <dl className="wire mt-1.5 grid grid-cols-[minmax(96px,30%)_minmax(0,1fr)] gap-x-3">
        {lines.map(([name, value], at) => (
          <div key={at} className="col-span-2 grid grid-cols-subgrid border-b border-line py-0.5 last:border-0">
            <dt className="truncate text-third" title={name}>{name}</dt>
            <dd className="break-all text-second">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
