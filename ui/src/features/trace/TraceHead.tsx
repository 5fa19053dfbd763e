import { classes } from "@/components";
import type { Columns } from "./columns";

const head = "truncate";

/** The columns' names. */
export function TraceHead({ columns }: { columns: Columns }) {
  return (
    <div role="row" aria-rowindex={1} className={classes(columns.row, "shrink-0 items-center border-b border-line pr-3 pl-3 text-cap text-third [scrollbar-gutter:stable]")} style={{ height: 24 }}>
      <span role="columnheader" className={classes(head, "text-right", columns.at)} title="Time since the first exchange of the trace">At</span>
      <span role="columnheader" className={head} title="The tenant that the host names, and its session">Tenant</span>
      <span role="columnheader" className={classes(head, columns.preview)}>Preview</span>
      <span role="columnheader" className={classes(head, "@max-[480px]:hidden")}>Method</span>
      <span role="columnheader" className={head} title="The path as asked; behind the arrow the one that the app says it rewrote it to">Path → rewritten by the app</span>
      <span role="columnheader" className={classes(head, "text-right")}>Status</span>
      <span role="columnheader" className={classes(head, "text-right", columns.took)} title="From the request’s first byte to the answer’s last">Took</span>
      <span role="columnheader" className={classes(head, "text-right @max-[620px]:hidden")} title="The answer’s body as the app sent it">Size</span>
    </div>
  );
}
