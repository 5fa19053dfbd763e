import { useId } from "react";
import { classes } from "@/components";
import { WarningIcon } from "@/components/icons";
import type { ProbeReport, ProbeVerdict } from "@/api/types";
import { sentence } from "@/state/words";
import { adviceOf } from "./report";

const good: readonly ProbeVerdict["kind"][] = ["keep", "write", "leave-out", "path"];

/** What the answers come to, why, and what follows. */
export function Verdict({ report, line, chosen, onChoose }: {
  report: ProbeReport; line: string | null; chosen: string | null | undefined; onChoose: (host: string | null) => void;
}) {
  const { kind, message, reasons, choices, sure } = report.verdict;
  const advice = adviceOf(report);
  const fine = good.includes(kind);
  return (
    <section aria-label="Verdict" className="flex flex-col gap-2">
      <p role="status" className="flex items-baseline gap-2 text-title font-name">
        <span aria-hidden className={classes("size-2 shrink-0 self-center rounded-full", fine ? "bg-ok" : "bg-warn")} />
        <span className="min-w-0 break-words">{sentence(message)}{fine && !sure ? <span className="font-normal text-second"> It is not beyond doubt.</span> : null}</span>
      </p>
      {kind === "ambiguous" ? <Choices choices={choices} chosen={chosen} onChoose={onChoose} /> : null}
      {line === null ? null : <p className="wire rounded-control border border-line bg-bg px-3 py-2 break-all select-text"><span className="sr-only">The line: </span>{line}</p>}
      {advice === null ? null : <p>{advice}</p>}
      {reasons.length > 0 ? (
        <ul aria-label="Reasons" className="flex flex-col gap-0.5 text-second">
          {reasons.map((reason) => <li key={reason} className="break-words select-text">{sentence(reason)}</li>)}
        </ul>
      ) : null}
      {report.remarks.map(({ code, message: said, fix }) => (
        <div key={code} className="flex items-start gap-2 text-warn">
          <span aria-hidden className="mt-[3px]"><WarningIcon size={12} /></span>
          <p className="min-w-0">{sentence(said)}{fix ? <span className="wire mt-0.5 block break-words text-second select-text">{fix}</span> : null}</p>
        </div>
      ))}
    </section>
  );
}

function Choices({ choices, chosen, onChoose }: { choices: ProbeVerdict["choices"]; chosen: string | null | undefined; onChoose: (host: string | null) => void }) {
  const name = useId();
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="sr-only">Host to send</legend>
      {choices.map((choice) => (
        <label key={choice ?? ""} className="flex items-center gap-2.5 rounded-control border border-line px-3 py-1.5 has-checked:border-line-strong has-checked:bg-raised">
          <input type="radio" name={name} className="accent-(--td-text)" checked={chosen === choice} onChange={() => onChoose(choice)} />
          {choice === null ? <span>No host line</span> : <span className="wire min-w-0 break-all">{choice}</span>}
        </label>
      ))}
    </fieldset>
  );
}
