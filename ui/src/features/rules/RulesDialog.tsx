import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Button, Dialog } from "@/components";
import { PlusIcon } from "@/components/icons";
import type { Explanation, JsonObject, RuleVerdict } from "@/api/types";
import { useAddresses } from "@/state/addresses";
import { isMac, isShortcut } from "@/state/commands";
import { messageOf, showError } from "@/state/operations";
import { moved } from "@/state/rows";
import { useShown } from "@/state/shown";
import { closeDialog } from "@/state/store";
import { useTenantColors } from "@/state/tenants";
import { isTyping } from "@/features/palette/useShortcuts";
import { isTouched, ruleForm, type RuleForm } from "./rules";
import { FORM, RuleEditor } from "./RuleEditor";
import { RuleRow, type RowAct } from "./RuleRow";
import { useFocusAt } from "./useFocusAt";
import { atRule, useRules, whereIs, type RulesChange } from "./useRules";
import { useWhatIf } from "./useWhatIf";
import { WhatIf } from "./WhatIf";

/** What is edited, where it stood, and what is typed; `before` is `null` for a rule that the file does not have yet. `turn` tells one editing from the next. */
type Editing = { turn: number; at: number; before: JsonObject | null; form: RuleForm; kept: number };

const none: readonly JsonObject[] = [];

/** The address bar's first URL; with several tenants, that of the first pane. */
function useAddressBarUrl(): string {
  const first = useShown()[0];
  const [address] = useAddresses(first ? [first.item] : []);
  return address?.url ?? "";
}

/** The rules in their order, each with what it says to one request. Every edit is written at once, so that the answer is the engine's own. */
export function RulesDialog({ url }: { url: string | null }) {
  const { rules: read, problem: unread, act, edit, undo, canUndo } = useRules();
  const shownUrl = useAddressBarUrl();
  const [typed, setTyped] = useState(url);
  const told = useWhatIf(typed ?? shownUrl);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const turn = useRef(0);
  const open = useRef(false);
  const [list, putFocus] = useFocusAt();
  const { explanation } = told;
  const { mark } = useTenantColors(explanation?.resolution.kind === "preview" ? explanation.resolution.tenant : null);
  const rules = read ?? none;
  /** Where the rule that is edited stands now; -1 for a new one, and for one that the file has no more. */
  const place = editing === null || editing.before === null ? -1 : whereIs(rules, editing.at, editing.before);
  const lost = editing !== null && editing.before !== null && place < 0;

  useEffect(() => {
    open.current = true;
    return () => {
      open.current = false;
    };
  }, []);

  const startEditing = (at: number, before: JsonObject | null) => {
    if (editing !== null && isTouched(editing.before, editing.form)) return setEditing({ ...editing, kept: editing.kept + 1 });
    turn.current += 1;
    setEditing({ turn: turn.current, at, before, form: ruleForm(before ?? {}), kept: 0 });
  };
  const close = (at: number) => {
    turn.current += 1;
    setEditing(null);
    putFocus(at, "edit");
  };
  const cancel = (editing: Editing) => close(place < 0 ? editing.at : place);
  const tell = (error: unknown) => {
    if (open.current) setProblem((first) => first ?? messageOf(error)); // what was asked for after it is refused because of it
    else showError(error);
  };
  const write = (writing: () => Promise<unknown>, done = "") => {
    setProblem(null);
    writing().then(() => setSaid(done), tell);
  };
  const onAct = (at: number, rule: JsonObject, what: RowAct) => {
    if (what === "edit") return startEditing(at, rule);
    const change = (make: RulesChange, done: string) => write(() => act(atRule(at, rule, make)), done);
    if (what === "remove") {
      putFocus(Math.min(at, rules.length - 2), "edit");
      return change((now) => now.filter((_, index) => index !== at), `Removed rules[${at}]`);
    }
    const by = what === "up" ? -1 : 1;
    if (at + by < 0 || at + by >= rules.length) return;
    putFocus(at + by, "same");
    change((now) => moved(now, at, by), `rules[${at}] is rules[${at + by}] now`);
  };
  const save = async (rule: JsonObject) => {
    const at = place < 0 ? rules.length : place;
    const before = place < 0 ? null : (editing?.before ?? null);
    const saved = turn.current;
    try {
      await edit(before === null ? (now) => [...now, rule] : atRule(at, before, (now) => now.map((one, index) => (index === at ? rule : one))));
    } catch (error) {
      if (open.current && turn.current === saved) throw error; // its form is still there to say it
      return tell(error);
    }
    setSaid(before === null ? "Added the rule" : `Changed rules[${at}]`);
    if (turn.current === saved) close(at);
  };
  const onEscape = () => {
    if (editing === null) return false;
    cancel(editing);
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isTyping(event.target) || !isShortcut(event, "mod+z", isMac)) return;
    event.preventDefault(); // the window's own undo would not wait for what is still to be written
    if (canUndo) write(undo);
  };
  const editor = editing === null ? null : (
    <li key={`editing ${editing.turn}`} data-editor>
      <RuleEditor
        place={["rules", place < 0 ? rules.length : place]} before={editing.before} form={editing.form} lost={lost} kept={editing.kept}
        onForm={(form) => setEditing({ ...editing, form, kept: 0 })} onSave={save}
      />
    </li>
  );
  const rows = rules.map((rule, at) => (at === place ? editor : (
    <li key={at} data-rule={at} className="border-t border-line py-px first:border-t-0">
      <RuleRow rule={rule} at={at} count={rules.length} verdict={verdictOf(rule, at, explanation)} mark={mark} onAct={(what) => onAct(at, rule, what)} />
    </li>
  )));
  if (editing !== null && place < 0) rows.splice(lost ? editing.at + 1 : rules.length, 0, editor);

  return (
    <Dialog
      title="Rules" width={780} onClose={closeDialog} onEscape={onEscape} onKeyDown={onKeyDown}
      description="Which path is served in place of another. Of those by the proxy, and of those by the app, the first that matches wins."
      footer={editing !== null ? (
        <>
          <Button look="quiet" onClick={() => cancel(editing)}>Cancel</Button>
          <Button look="strong" type="submit" form={FORM}>{lost ? "Add it as a new rule" : editing.before === null ? "Add the rule" : "Save the rule"}</Button>
        </>
      ) : (
        <>
          <Button look="quiet" disabledReason={canUndo ? null : "Nothing to undo"} onClick={() => write(undo)}>Undo</Button>
          <span className="flex-1" />
          <Button look="strong" onClick={closeDialog}>Done</Button>
        </>
      )}
    >
      <WhatIf url={typed ?? shownUrl} typed={typed !== null && typed !== shownUrl} onUrl={setTyped} told={told} />
      <p role="status" aria-label="What was done" className="sr-only">{said}</p>
      {problem === null ? null : <p role="alert" className="mt-2 text-bad">{problem}</p>}
      {unread === null ? null : <p role="alert" className="pt-3 text-bad">{unread}</p>}
      {read === null || (unread !== null && editing === null) ? null : (
        <>
          {rows.length === 0 ? <p className="pt-3 text-second">There is none: every path goes to the app as it comes. An app that serves each tenant from a path of its own, as Next.js does with middleware, is told by a rule, and its rewrites are then compared.</p> : null}
          <ol ref={list} aria-label="Rules" className="flex flex-col pt-2 [&>[data-editor]+li]:border-t-0">{rows}</ol>
          {editing === null ? <Button look="quiet" data-add className="mt-1 px-2.5" onClick={() => startEditing(rules.length, null)}><PlusIcon size={12} />Add a rule</Button> : null}
        </>
      )}
    </Dialog>
  );
}

/** What the last answer says of a rule: by its place, or where it has just moved, by what it was. */
function verdictOf(rule: JsonObject, at: number, explanation: Explanation | null): RuleVerdict | undefined {
  const { by, source } = ruleForm(rule);
  const verdicts = explanation?.rules.filter((one) => one.by === by && one.source === source) ?? [];
  return verdicts.find(({ index }) => index === at) ?? verdicts[0];
}
