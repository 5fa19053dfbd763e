import { useRef, useState } from "react";
import { Button, classes, MiddleEllipsis } from "@/components";
import type { Variable } from "@/api/types";
import { forgetVariable, messageOf } from "@/state/operations";
import { useStore } from "@/state/store";
import { FileLines, KeepForm, useKeychain } from "./KeepForm";
import { sources, usedBy } from "./variables";

/** Variables by name, and where each has its value; the value itself is told to nobody. What the keychain keeps can be forgotten. */
export function VariableRows({ variables, users = false }: { variables: readonly Variable[]; users?: boolean }) {
  const acts = variables.some(({ source }) => source === "keychain" || source === "unset");
  return (
    <ul aria-label="Variables" className="flex flex-col">
      {variables.map((variable) => <VariableRow key={variable.name} variable={variable} users={users} acts={acts} />)}
    </ul>
  );
}

type Doing = "nothing" | "asked" | "forgetting" | "setting";

/** `acts`: the rows have a column for what can be done. */
function VariableRow({ variable: { name, source, usedBy: by }, users, acts }: { variable: Variable; users: boolean; acts: boolean }) {
  const row = useRef<HTMLLIElement>(null);
  const [doing, setDoing] = useState<Doing>("nothing");
  const [problem, setProblem] = useState<string | null>(null);
  const leave = () => {
    setDoing("nothing");
    row.current?.focus(); // the button that was pressed has gone
  };
  const forget = async () => {
    setDoing("forgetting");
    setProblem(null);
    try {
      await forgetVariable(name);
    } catch (error) {
      setProblem(messageOf(error));
    }
    leave();
  };
  const asking = source === "keychain" && (doing === "asked" || doing === "forgetting");
  return (
    <li ref={row} tabIndex={-1} aria-label={`${name}: ${sources[source]}`} className="border-t border-line py-1 outline-offset-0 first:border-t-0">
      <div className="flex min-h-7 items-center gap-3">
        <span className="min-w-0 flex-1">
          <span className="wire flex min-w-0"><MiddleEllipsis text={name} tail={10} /></span>
          {users ? <span className="block truncate text-cap text-third" title={usedBy(by)}>for {usedBy(by)}</span> : null}
        </span>
        <span className={classes("shrink-0 text-cap", source === "unset" ? "text-warn" : "text-third")}>{sources[source]}</span>
        {acts ? (
          <span className="-mr-2 flex w-16 shrink-0 justify-end">
            {source === "keychain" && !asking ? <Button look="quiet" className="h-6 px-2 text-cap" aria-label={`Forget ${name}…`} onClick={() => setDoing("asked")}>Forget…</Button> : null}
            {source === "unset" && doing !== "setting" ? <Button look="quiet" className="h-6 px-2 text-cap" aria-label={`Set ${name}…`} onClick={() => setDoing("setting")}>Set…</Button> : null}
          </span>
        ) : null}
      </div>
      {asking ? (
        <div role="group" aria-label={`Forget ${name}?`} className="my-1 flex flex-wrap items-center gap-2 rounded-control bg-raised py-1.5 pr-1.5 pl-2.5">
          <p className="min-w-44 flex-1 text-cap text-second">The keychain loses its value, which nobody can bring back. {by.length > 0 ? <>Requests of {usedBy(by)} wait until it is set again.</> : null}</p>
          <Button look="quiet" className="h-6 px-2 text-cap" autoFocus disabled={doing === "forgetting"} onClick={leave}>Keep it</Button>
          <Button look="danger" className="h-6 bg-panel px-2 text-cap" disabled={doing === "forgetting"} onClick={() => void forget()}>{doing === "forgetting" ? "Forgetting…" : "Forget it"}</Button>
        </div>
      ) : null}
      {source === "unset" && doing === "setting" ? <SetValue name={name} onDone={(kept) => (kept ? leave() : row.current?.focus())} /> : null}
      {problem === null ? null : <p role="alert" className="pb-1 text-cap text-bad">{problem}</p>}
    </li>
  );
}

function SetValue({ name, onDone }: { name: string; onDone: (kept: boolean) => void }) {
  const folder = useStore((state) => state.workspace?.origin.folder ?? "");
  const noKeychain = useKeychain(({ missing }) => missing);
  return (
    <div className="flex flex-col gap-3 pt-1 pb-2">
      {noKeychain ? <p role="alert" className="text-cap text-second">This system has no keychain, so its value belongs into a file.</p> : <KeepForm name={name} label={`Value of ${name}`} autoFocus onDone={onDone} />}
      <FileLines names={[name]} folder={folder} only={noKeychain} />
    </div>
  );
}
