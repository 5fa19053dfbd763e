import { useEffect, useId, useRef, useState } from "react";
import { Button, classes, Dialog, inputClasses } from "@/components";
import type { Proposal } from "@/api/types";
import { api, createIn, messageOf } from "@/state/operations";
import { closeDialog } from "@/state/store";
import { sentence } from "@/state/words";

/** Proposes the first `tripledash.json` of a folder by what is in it. Nothing is written before a person has read it. */
export function FirstFileDialog({ folder }: { folder: string }) {
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let gone = false;
    api().propose(folder).then(
      (found) => {
        if (gone) return;
        setProposal(found);
        setText(found.text);
      },
      (error: unknown) => gone || setProblem(messageOf(error)),
    );
    return () => {
      gone = true;
    };
  }, [folder, round]);

  const write = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await createIn(folder, text);
      closeDialog();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  const again = () => {
    setProblem(null);
    setRound(round + 1);
  };

  return (
    <Dialog
      title="Write a first tripledash.json" width={720} onClose={closeDialog}
      description={<>For <span className="wire break-all">{folder}</span>, by what is in it. Nothing is written until you say so.</>}
      footer={
        <>
          <Button look="quiet" onClick={closeDialog}>Cancel</Button>
          {proposal === null && problem !== null ? <Button look="strong" onClick={again}>Look again</Button> : (
            <Button look="strong" disabled={proposal === null || busy || text.trim() === ""} onClick={() => void write()}>{busy ? "Writing…" : "Write and open"}</Button>
          )}
        </>
      }
    >
      {proposal === null ? (problem === null ? <p role="status" className="py-2 text-second">Looking at the folder…</p> : <p role="alert" className="py-2 text-bad">{problem}</p>) : (
        <Proposed proposal={proposal} text={text} problem={problem} readOnly={busy} onText={(next) => { setText(next); setProblem(null); }} />
      )}
    </Dialog>
  );
}

const ROWS = { least: 6, most: 16 };

function Proposed({ proposal: { text: proposed, notes, next }, text, problem, readOnly, onText }: {
  proposal: Proposal; text: string; problem: string | null; readOnly: boolean; onText: (text: string) => void;
}) {
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(0, 0);
  }, []);
  return (
    <div className="flex flex-col gap-4">
      <div>
        <div className="mb-1 flex h-6 items-center">
          <label htmlFor={id} className="flex-1 text-cap text-second">tripledash.json</label>
          {text === proposed ? null : <Button look="quiet" className="-mr-2 h-6 px-2 text-cap" onClick={() => onText(proposed)}>As proposed</Button>}
        </div>
        <textarea
          ref={box} id={id} value={text} readOnly={readOnly} spellCheck={false} autoCapitalize="off" autoComplete="off" wrap="off"
          rows={Math.min(ROWS.most, Math.max(ROWS.least, proposed.split("\n").length))}
          aria-invalid={problem === null ? undefined : true} aria-describedby={problem === null ? undefined : `${id}-problem`}
          className={classes(inputClasses, "wire block h-auto text-[12px]! resize-y px-3 py-2", problem !== null && "border-bad")}
          onChange={(event) => onText(event.target.value)}
        />
        {problem === null ? null : <p id={`${id}-problem`} role="alert" className="mt-1 break-words text-bad">{problem}</p>}
      </div>
      {notes.length > 0 ? (
        <section aria-labelledby={`${id}-why`}>
          <h3 id={`${id}-why`} className="mb-1 text-cap text-third">Why it says so</h3>
          <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1">
            {notes.map(({ about, message }, at) => (
              <div key={`${about} ${message}`} className="contents">
                <dt className="wire text-third">{about === notes[at - 1]?.about ? <span className="sr-only">{about}</span> : about}</dt>
                <dd className="min-w-0 break-words text-second select-text">{message}</dd>
              </div>
            ))}
          </dl>
        </section>
      ) : null}
      {next.length > 0 ? (
        <section aria-labelledby={`${id}-next`}>
          <h3 id={`${id}-next`} className="mb-1 text-cap text-third">Next</h3>
          <ol className="flex list-decimal flex-col gap-1 pl-4 marker:text-third">
            {next.filter(inWindow).map((step) => <li key={step} className="break-words text-second select-text">{sentence(inWords(step))}</li>)}
          </ol>
        </section>
      ) : null}
    </div>
  );
}

/** The engine's steps are for whoever reads them in a terminal; this window is open already, and has the probe in a menu. */
export const inWindow = (step: string): boolean => !step.includes("tripledash serve");
export const inWords = (step: string): string => step.replace(/: tripledash probe \S+ --write$/, ": in its menu, “Find out its Host…”");
