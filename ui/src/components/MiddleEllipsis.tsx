import { classes } from "./classes";

/** Text as short as this rarely has to give way, and then at its end. */
const SHORT = 14;

/** How much of the end always stays: what tells one host or path from the next is there. */
const tailOf = (text: string, tail: number) => Math.min(tail, Math.floor(text.length / 2));

/**
 * Text that gives way in its middle, so that both ends stay. Copying and reading aloud give it whole, and so does hovering.
 * `wire` text is cut between whole characters, so that no gap shows behind the ellipsis (a hair more, or
 * rounding takes the last one); other text has no even width.
 */
export function MiddleEllipsis({ text, tail = 12, wire = true, className }: { text: string; tail?: number; wire?: boolean; className?: string }) {
  if (text.length <= SHORT) return <span className={classes("min-w-0 truncate", className)} title={text}>{text}</span>;
  const cut = text.length - tailOf(text, tail);
  return (
    <span className={classes("flex min-w-0 overflow-hidden", className)} title={text} aria-label={text}>
      <span className="min-w-[2.5ch] truncate" aria-hidden style={{ whiteSpace: "pre", maxWidth: wire ? `calc(round(down, 100% - ${text.length - cut}ch + 0.5px, 1ch) + 0.4px)` : undefined }}>{text.slice(0, cut)}</span>
      <span className="shrink-0" aria-hidden style={{ whiteSpace: "pre" }}>{text.slice(cut)}</span>
    </span>
  );
}
