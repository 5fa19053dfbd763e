import { memo } from "react";
import type { ExchangeRow } from "@/api/types";
import { Badge, classes, Dot } from "@/components";
import { useStore } from "@/state/store";
import { shortName } from "./badges";
import { methodOf, ROW_HEIGHT, type Columns } from "./columns";
import { duration, since, size, text, type Quantity } from "./format";

/** One exchange. Every row is the same height, so that ten thousand can be scrolled. */
export const TraceRow = memo(function TraceRow({ id, row, name, mark, index, top, origin, chosen, shown, remarks, columns, onChoose }: {
  id: string; row: ExchangeRow; name: string | undefined; mark: string; index: number; top: number; origin: number;
  chosen: boolean; shown: boolean; remarks: ReadonlySet<string>; columns: Columns; onChoose: (id: string) => void;
}) {
  const first = row.diagnostics.find((code) => !remarks.has(code)) ?? row.diagnostics[0];
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      data-testid="trace-row"
      data-exchange={row.id}
      className={classes(columns.row, "wire absolute inset-x-0 items-center pr-3 pl-3", chosen ? "bg-raised" : shown ? "bg-hover" : "hover:bg-hover")}
      style={{ top, height: ROW_HEIGHT, lineHeight: `${ROW_HEIGHT}px`, boxShadow: chosen || shown ? `inset 2px 0 ${mark}` : undefined }}
      onClick={() => onChoose(row.id)}
    >
      <span role="gridcell" className={classes("truncate text-right text-third", columns.at)} title={row.startedAt}>{since(Date.parse(row.startedAt), origin)}</span>
      <span role="gridcell" className="flex min-w-0 items-center gap-2" title={[name ?? row.tenant ?? "no tenant", row.session].filter(Boolean).join(", session ")}>
        <Dot color={mark} size={8} hollow={row.tenant === null} />
        <span className="truncate">{row.tenant ?? "–"}</span>
        {row.session ? <span className="truncate text-third">{row.session}</span> : null}
      </span>
      <span role="gridcell" className={classes("truncate text-third", columns.preview)} title={row.preview ?? undefined}>{row.preview}</span>
      <span role="gridcell" className="truncate text-second @max-[480px]:hidden">{methodOf(row)}</span>
      <span role="gridcell" className="flex min-w-0 items-center gap-2">
        <span className="flex min-w-0 items-baseline" title={row.rewrittenTo ? `${row.path} → ${row.rewrittenTo}` : row.path}>
          <span className="truncate" style={{ flexShrink: 1 }}>{row.path}</span>
          {row.rewrittenTo ? <span className="min-w-[3ch] truncate text-third" style={{ flexShrink: 1000 }}>&nbsp;→ {row.rewrittenTo}</span> : null}
        </span>
        {first ? <Badge tone={remarks.has(first) ? "plain" : "warn"} className={classes("wire max-w-[50%] truncate !text-cap", chosen && "!bg-panel")} title={titlesOf(row.diagnostics)}>{shortName(first)}{row.diagnostics.length > 1 ? ` +${row.diagnostics.length - 1}` : ""}</Badge> : null}
      </span>
      <span role="gridcell" className={classes("text-right", toneOf(row))}>{statusText(row)}</span>
      <span role="gridcell" className={classes("text-right text-second", columns.took)} title={row.state === "open" ? "Still under way" : undefined}>{row.state === "open" ? "open" : <Measure {...duration(row.durationUs)} />}</span>
      <span role="gridcell" className="text-right text-third @max-[620px]:hidden">{row.state === "open" ? "–" : text(size(row.responseBytes))}</span>
    </div>
  );
});

/** What was found, as the engine words it. Read when drawn: the title is known before the row that has it. */
function titlesOf(codes: readonly string[]): string {
  const { diagnostics } = useStore.getState().exchanges;
  return codes.map((code) => diagnostics.find((one) => one.code === code)?.title ?? code).join("\n");
}

const Measure = ({ value, unit }: Quantity) => <>{value}{unit ? <span className="text-third">{"\u202f"}{unit}</span> : null}</>;

const statusText = ({ status, state }: ExchangeRow) => (status === null ? (state === "failed" ? "failed" : "…") : status);

function toneOf({ status, state }: ExchangeRow): string {
  if (state === "failed" || (status !== null && status >= 400)) return "text-bad";
  if (status === null || (status >= 300 && status < 400)) return "text-second";
  return "text-ok";
}
