import type { Edit } from "@/api/types";
import { classes } from "@/components";

/** Every change to the messages, as a difference, with its reason. */
export function Edits({ edits, lit, mark }: { edits: readonly Edit[]; lit: readonly number[]; mark: string }) {
  const numbered = edits.map((edit, at) => ({ edit, at }));
  return (
    <div className="flex flex-col gap-2">
      {(["request", "response"] as const).map((stage) => {
        const own = numbered.filter(({ edit }) => edit.stage === stage);
        return own.length === 0 ? null : (
          <div key={stage}>
            <p className="pb-0.5 text-cap text-third">{stage === "request" ? "In the request" : "In the response"}</p>
            <ul aria-label={stage === "request" ? "Edits in the request" : "Edits in the response"} className="-mx-2 flex flex-col">
              {own.map(({ edit, at }) => <Change key={at} edit={edit} lit={lit.includes(at)} mark={mark} />)}
            </ul>
          </div>
        );
      })}
    </div>
  );
}

function Change({ edit: { field, before, after, why }, lit, mark }: { edit: Edit; lit: boolean; mark: string }) {
  return (
    <li
      data-lit={lit || undefined}
      className={classes("grid grid-cols-[minmax(96px,30%)_minmax(0,1fr)] gap-x-3 rounded-[6px] px-2 py-1 transition-colors duration-100", lit && "bg-raised")}
      style={lit ? { boxShadow: `inset 2px 0 ${mark}` } : undefined}
    >
      <span className="wire truncate text-second" title={field}>{field}</span>
      <span className="flex min-w-0 flex-col">
        {before === null ? null : <Value sign="−" tone="text-bad" said="before" value={before} />}
        {after === null ? null : <Value sign="+" tone="text-ok" said="after" value={after} />}
        <span className="text-cap text-third">{why}</span>
      </span>
    </li>
  );
}

function Value({ sign, tone, said, value }: { sign: string; tone: string; said: string; value: string }) {
  return (
    <span className="wire flex min-w-0 gap-1.5">
      <span className={classes("shrink-0", tone)} aria-hidden>{sign}</span>
      <span className="sr-only">{said} </span>
      <span className="min-w-0 break-all text-text" title={value}>{value === "" ? <i className="text-third">empty</i> : value}</span>
    </span>
  );
}
