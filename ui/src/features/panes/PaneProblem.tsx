import type { Address } from "@/api/types";
import { Button } from "@/components";
import type { PaneSpec } from "@/state/selection";
import { runCommand } from "@/state/commands";
import { choosingPart, usePartToChoose } from "@/state/parts";
import { select, useStore } from "@/state/store";
import { sentence } from "@/state/words";
import { count } from "../trace/format";
import { without } from "./closing";

/** Why a pane has no page to show, and what to do about it. */
export function PaneProblem({ address, spec, name }: { address: Address; spec: PaneSpec; name: string }) {
  const errors = address.problems.filter(({ severity }) => severity === "error");
  const selection = useStore((state) => state.selection);
  const rest = without(spec, selection);
  const part = usePartToChoose();
  const lacksPart = part !== null && errors.some(({ code }) => code === "missing-part");
  const { used, limit, over, label } = address.budget;
  return (
    <div className="min-h-0 flex-1 overflow-auto bg-bg">
      <div className="mx-auto flex min-h-full max-w-[420px] flex-col justify-center gap-4 p-5" role="alert">
        <h3 className="text-title font-name">{over > 0 ? `${count(over, "octet")} too long for an address` : `No address for ${name}`}</h3>
        {over > 0 ? <Label label={label} limit={limit} used={used} /> : null}
        {errors.map(({ code, message, fix }) => (
          <div key={code} className="flex flex-col gap-2">
            <p className="text-second">{sentence(message)}</p>
            {fix && !(lacksPart && code === "missing-part") ? <p>{sentence(fix)}</p> : null}
          </div>
        ))}
        {/* What every pane lacks is no fault of this one: it is chosen, once for all, and nothing is closed. */}
        {lacksPart ? <div><Button onClick={() => runCommand(choosingPart(part))}>Choose the {part}…</Button></div>
        : rest ? <div><Button onClick={() => select(rest)}>Close this pane</Button></div> : null}
      </div>
    </div>
  );
}

/** The label as it would be sent, with what does not fit told apart. */
function Label({ label, limit, used }: { label: string; limit: number; used: number }) {
  return (
    <p className="wire break-all">
      <span className="sr-only">{`${used} of ${limit}: `}</span>
      {label.slice(0, limit)}
      <mark className="bg-transparent text-bad underline decoration-1 underline-offset-3">{label.slice(limit)}</mark>
      {" "}<span className="inline-block text-third" aria-hidden>{used}/{limit}</span>
    </p>
  );
}
