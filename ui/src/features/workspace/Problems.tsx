import { Button, classes, Dialog, Dot } from "@/components";
import { WarningIcon } from "@/components/icons";
import { copyText } from "@/state/operations";
import { closeDialog, openDialog, useStore } from "@/state/store";
import { sentence } from "@/state/words";
import type { Problem } from "@/api/types";
import { summary } from "./overBudget";

const none: readonly Problem[] = [];
const fileName = (file: string) => file.split(/[\\/]/).pop() ?? file;
/** The message often names both already. */
const saysAll = ({ message, found, wanted }: Problem) => message.includes(found) && message.includes(wanted);
/** The file is gone, as the engine words it: there is no place in it. */
const ofWhole = ({ found }: Problem) => found === "no file";
const place = (problem: Problem) => (ofWhole(problem) ? problem.file : `${problem.file}:${problem.line}:${problem.column}`);

/** Says that the file on disk is broken and that the last good one is shown. */
export function ProblemsBanner() {
  const problems = useStore((state) => state.workspace?.problems);
  const lastGood = useStore((state) => (state.workspace?.previews.length ?? 0) + (state.workspace?.tenants.length ?? 0) > 0);
  const errors = problems?.filter(({ severity }) => severity === "error") ?? [];
  const first = errors[0];
  if (!first) return null;
  const said = [first.message, first.hint].filter((part) => part !== null).map(sentence).join(" ");
  return (
    <div role="alert" data-testid="problems-banner" className="flex h-9 shrink-0 items-center gap-2.5 border-b border-line bg-panel px-4">
      <span className="text-bad"><WarningIcon /></span>
      <span className="shrink-0 font-name">{fileName(first.file)}{ofWhole(first) ? "" : errors.length === 1 ? " has an error" : ` has ${errors.length} errors`}</span>
      {ofWhole(first) ? null : <span className="wire shrink-0 text-third">{first.line}:{first.column}</span>}
      <span className="min-w-0 flex-1 truncate text-second" title={said}>{said}</span>
      {lastGood && first.message.includes("the last good") ? null : <span className="shrink-0 text-cap text-third max-lg:hidden">{lastGood ? "the last good one is shown" : "nothing of it can be shown yet"}</span>}
      <Button look="quiet" className="h-6" onClick={() => openDialog({ kind: "problems" })}>Show</Button>
    </div>
  );
}

export function ProblemsDialog() {
  const tooLong = useStore((state) => summary(state.workspace?.overBudget));
  const problems = useStore((state) => state.workspace?.problems ?? none);
  const files = [...new Set(problems.map(({ file }) => fileName(file)))];
  return (
    <Dialog title={files.length === 0 ? "Problems" : `Problems of ${files.join(" and ")}`} width={620} onClose={closeDialog} description={problems.length > 0 ? undefined : tooLong === null ? "The file is good again." : "The file is good."}>
      <ul className="flex flex-col">
        {problems.map((problem) => (
          <li key={place(problem) + problem.message} className="flex gap-3 border-t border-line py-2.5 first:border-t-0 first:pt-0">
            <span className="pt-[5px]"><Dot color={problem.severity === "error" ? "var(--td-bad)" : "var(--td-warn)"} label={problem.severity} /></span>
            <div className="min-w-0 flex-1">
              <p>{sentence(problem.message)}</p>
              <button type="button" className="wire text-left break-all text-third hover:text-text" title="Copy the place" onClick={() => void copyText(place(problem), "the place")}>
                {place(problem)}
              </button>
              {saysAll(problem) ? null : (
                <p className="mt-1 text-second">found <span className="wire">{problem.found}</span>, wanted <span className="wire">{problem.wanted}</span></p>
              )}
              {problem.hint === null ? null : <p className="mt-1 text-second">{sentence(problem.hint)}</p>}
            </div>
          </li>
        ))}
      </ul>
      {tooLong === null ? null : (
        <p className={classes("flex items-center gap-3", problems.length > 0 && "border-t border-line pt-2.5")}>
          <Dot color="var(--td-third)" hollow />
          <span className="min-w-0 flex-1 text-second">{tooLong}.</span>
          <Button look="quiet" className="h-6" onClick={() => openDialog({ kind: "over-budget" })}>Show which…</Button>
        </p>
      )}
    </Dialog>
  );
}
