import { useEffect, useRef, useState } from "react";
import { Button, classes, IconButton, inputClasses, RadioCards, TextField } from "@/components";
import { CloseIcon, PlusIcon } from "@/components/icons";
import type { JsonObject } from "@/api/types";
import { spelled, type Place } from "@/state/document";
import { at as refusedAt, messageOf, refusedAt as placesIn } from "@/state/operations";
import { othersThan } from "@/features/workspace/WithDocument";
import { newCondition, placeOf, ruleOf, type ConditionRow, type ConditionType, type RuleForm } from "./rules";

const nothing: ReadonlyMap<string, string> = new Map();
const who = [
  { value: "app", title: "The app", says: "Its middleware rewrites: told beforehand, and compared with what it did." },
  { value: "proxy", title: "The proxy", says: "Rewritten here, before the app is asked." },
] as const;

/** The form, for a button elsewhere that submits it. */
export const FORM = "rule-form";

/** One rule to edit, or a new one. What is refused stands at its field. */
export function RuleEditor({ place, before, form, lost, kept, onForm, onSave }: {
  place: Place; before: JsonObject | null; form: RuleForm;
  /** The file has the rule no more, and what was typed would be a new one. */
  lost: boolean;
  /** How many times another rule was asked for meanwhile, which what is typed here stands in the way of. */
  kept: number;
  onForm: (form: RuleForm) => void; onSave: (rule: JsonObject) => Promise<void>;
}) {
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    element.current?.scrollIntoView({ block: "nearest" });
    if (kept > 0) element.current?.querySelector<HTMLElement>("input:not([type=radio])")?.focus();
  }, [kept]);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(nothing);
  const [problem, setProblem] = useState<string | null>(null);
  const { by, source, destination, conditions } = form;
  const set = (change: Partial<RuleForm>) => onForm({ ...form, ...change });
  const setCondition = (key: number, change: Partial<ConditionRow>) => set({ conditions: conditions.map((row) => (row.key === key ? { ...row, ...change } : row)) });
  const shown: Place[] = ["by", "source", "destination"].map((field): Place => [...place, field]);
  const shownConditions = conditions.flatMap((row) => ["key", "value"].map((field): Place => [...placeOf(place, conditions, row), field]));
  const others = [...(problem === null ? [] : [problem]), ...othersThan(refused, [...shown, ...shownConditions])];

  const save = async () => {
    if (busy) return;
    if (source.trim() === "") return setRefused(new Map([[spelled([...place, "source"]), "Which paths? One that starts with /, like /old/:path*."]]));
    setBusy(true);
    setProblem(null);
    setRefused(nothing);
    try {
      await onSave(ruleOf(before ?? {}, form));
    } catch (error) {
      const places = placesIn(error);
      setRefused(places);
      if (places.size === 0) setProblem(messageOf(error));
      setBusy(false);
    }
  };

  return (
    <form
      id={FORM} ref={element} aria-label={before === null || lost ? "A new rule" : `Edit rules[${String(place[1])}]`} className="my-1 flex scroll-my-3 flex-col gap-3 rounded-control border border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {lost && !busy ? <p role="alert" className="text-warn">The file has this rule no more: it was changed or taken out meanwhile. What you typed can be added as a new rule.</p> : null}
      {kept > 0 ? <p role="alert" className="text-warn">What you typed here is not saved yet. Save it or cancel, then edit another rule.</p> : null}
      <RadioCards label="Who rewrites" cards={who} value={by} onChange={(by) => set({ by })} />
      <div className="grid grid-cols-2 gap-3">
        <TextField wire autoFocus label="Paths" placeholder="/old/:path*" hint={<>As in <span className="wire !text-cap">matcher</span> and <span className="wire !text-cap">rewrites()</span> of Next.js</>} value={source} problem={refusedAt(refused, [...place, "source"])} onChange={(event) => set({ source: event.target.value })} />
        <TextField wire label="Served in their place" placeholder="left alone" hint={<><span className="wire !text-cap">:path*</span>, <span className="wire !text-cap">$1</span> and <span className="wire !text-cap">{"{tenant}"}</span> are put in</>} value={destination} problem={refusedAt(refused, [...place, "destination"])} onChange={(event) => set({ destination: event.target.value })} />
      </div>
      <div role="group" aria-label="Conditions" className="flex flex-col items-start gap-1.5">
        {conditions.map((row, number) => (
          <Condition
            key={row.key} row={row} number={number + 1} refused={refused} place={placeOf(place, conditions, row)}
            onChange={(change) => setCondition(row.key, change)} onRemove={() => set({ conditions: conditions.filter(({ key }) => key !== row.key) })}
          />
        ))}
        <Button look="quiet" className="-ml-2 h-6 px-2 text-cap" onClick={() => set({ conditions: [...conditions, newCondition(conditions)] })}><PlusIcon size={12} />Only where…</Button>
      </div>
      {others.length === 0 ? null : <div role="alert" className="text-bad">{others.map((text) => <p key={text} className="break-words">{text}</p>)}</div>}
    </form>
  );
}

const kinds: Record<ConditionType, string> = { header: "header", cookie: "cookie", query: "query parameter", host: "host" };

function Condition({ row: { must, type, name, value }, number, place, refused, onChange, onRemove }: {
  row: ConditionRow; number: number; place: Place; refused: ReadonlyMap<string, string>; onChange: (change: Partial<ConditionRow>) => void; onRemove: () => void;
}) {
  const called = `condition ${number}`;
  return (
    <div className="grid w-full grid-cols-[88px_132px_minmax(0,2fr)_minmax(0,3fr)_24px] items-start gap-2">
      <select aria-label={`Whether ${called} must hold`} className={classes(inputClasses, "px-1.5")} value={must} onChange={(event) => onChange({ must: event.target.value === "missing" ? "missing" : "has" })}>
        <option value="has">has</option>
        <option value="missing">has no</option>
      </select>
      <select aria-label={`What ${called} looks at`} className={classes(inputClasses, "px-1.5")} value={type} onChange={(event) => onChange({ type: event.target.value as ConditionType })}>
        {Object.entries(kinds).map(([kind, words]) => <option key={kind} value={kind}>{words}</option>)}
      </select>
      {type === "host" ? null : <TextField inTable wire label={`Name in ${called}`} placeholder="x-beta" value={name} problem={refusedAt(refused, [...place, "key"])} onChange={(event) => onChange({ name: event.target.value })} />}
      <TextField inTable wire className={type === "host" ? "col-span-2" : ""} label={`Value in ${called}, a regular expression`} placeholder={type === "host" ? "(?<tenant>.*)\\.acme\\.dev" : "any value"} value={value} problem={refusedAt(refused, [...place, "value"])} onChange={(event) => onChange({ value: event.target.value })} />
      <IconButton label={`Remove ${called}`} className="mt-1" onClick={onRemove}><CloseIcon size={12} /></IconButton>
    </div>
  );
}
