import { useId, type KeyboardEvent } from "react";
import { Badge, classes, Dot, IconButton, OrderButtons } from "@/components";
import { CloseIcon, EditIcon } from "@/components/icons";
import type { JsonObject, RuleVerdict } from "@/api/types";
import { movedBy } from "@/state/rows";
import { sentence } from "@/state/words";
import { conditionsIn, ruleForm } from "./rules";

export type RowAct = "edit" | "up" | "down" | "remove";

/** One rule, and what it says to the request that is asked about. `mark` is the colour of that request's tenant. */
export function RuleRow({ rule, at, count, verdict, mark, onAct }: {
  rule: JsonObject; at: number; count: number; verdict: RuleVerdict | undefined; mark: string; onAct: (act: RowAct) => void;
}) {
  const { by, source, destination } = ruleForm(rule);
  const conditions = conditionsIn(rule);
  const name = `rules[${at}]`;
  const reason = useId();
  const move = (by: -1 | 1) => onAct(by === -1 ? "up" : "down");
  const onKeyDown = (event: KeyboardEvent) => {
    const by = movedBy(event);
    if (by === null && event.key !== "Delete" && event.key !== "F2") return;
    event.preventDefault();
    if (by !== null) move(by);
    else if (event.key === "F2") onAct("edit");
    else if (!event.repeat) onAct("remove"); // held down it would take rule after rule
  };
  return (
    <div className={classes("group/rule flex items-start gap-2.5 rounded-control py-2 pr-1.5 pl-2.5 hover:bg-hover")} onKeyDown={onKeyDown}>
      <span className="flex h-[18px] items-center"><Dot color={verdict?.matched ? mark : "var(--td-third)"} hollow={!verdict?.matched} size={8} label={verdict === undefined ? "not looked at" : verdict.matched ? "matches" : "does not match"} /></span>
      <button
        type="button" data-act="edit" className="min-w-0 flex-1 rounded-[4px] text-left outline-offset-2" onClick={() => onAct("edit")} onDoubleClick={(event) => event.preventDefault()}
        aria-label={`Edit ${name}: ${by === "app" ? "the app" : "the proxy"} serves ${destination === "" ? "it as it is" : destination} for ${source}${conditions === "" ? "" : `, ${conditions}`}`}
        {...(verdict === undefined ? {} : { "aria-describedby": reason })}
      >
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-0.5">
          <span className="wire !text-cap text-third">{name}</span>
          <span className="wire min-w-0 break-all">{source}</span>
          <span className="text-third" aria-hidden>→</span>
          {destination === "" ? <span className="text-second">left alone</span> : <span className="wire min-w-0 break-all">{destination}</span>}
        </span>
        {conditions === "" ? null : <span className="block text-cap break-words text-second">{conditions}</span>}
        {verdict === undefined ? null : <span id={reason} className={classes("block text-cap break-words", verdict.matched ? "text-second" : "text-third")}>{sentence(verdict.reason)}</span>}
      </button>
      <Badge title={by === "app" ? "The app’s middleware rewrites; what it will do is told beforehand" : "The proxy rewrites before the app is asked"}>{by === "app" ? "by the app" : "by the proxy"}</Badge>
      <span className="-my-[3px] flex items-center">
        <OrderButtons called={name} at={at} count={count} onMove={move} />
        <IconButton label={`Edit ${name}`} tabIndex={-1} onClick={() => onAct("edit")}><EditIcon size={13} /></IconButton>
        <IconButton label={`Remove ${name}`} data-act="remove" onClick={() => onAct("remove")}><CloseIcon size={12} /></IconButton>
      </span>
    </div>
  );
}
