import { useState } from "react";
import { Button, Dialog } from "@/components";
import { PlusIcon } from "@/components/icons";
import type { Explanation, JsonObject, RuleVerdict } from "@/api/types";
import { useAddresses } from "@/state/addresses";
import { messageOf, undo } from "@/state/operations";
import { moved } from "@/state/rows";
import { useShown } from "@/state/shown";
import { closeDialog, useStore } from "@/state/store";
import { useTenantColors } from "@/state/tenants";
import { ruleForm } from "./rules";
import { FORM, RuleEditor } from "./RuleEditor";
import { RuleRow, type RowAct } from "./RuleRow";
import { useFocusAt } from "./useFocusAt";
import { atRule, useRules, whereIs, type RulesChange } from "./useRules";
import { useWhatIf } from "./useWhatIf";
import { WhatIf } from "./WhatIf";

/** What is edited, and where it stood; `before` is `null` for a rule that the file does not have yet. */
type Editing = { at: number; before: JsonObject | null };

const none: readonly JsonObject[] = [];

/** The address bar's first URL; with several tenants, that of the first pane. */
function useAddressBarUrl(): string {
  const first = useShown()[0];
  const [address] = useAddresses(first ? [first.item] : []);
  return address?.url ?? "";
}

/** The rules in their order, each with what it says to one request. Every edit is written at once, so that the answer is the engine's own. */
export function RulesDialog({ url }: { url: string | null }) {
  const { rules: read, problem: unread, act, edit } = useRules();
  const shownUrl = useAddressBarUrl();
  const [typed, setTyped] = useState(url);
  const told = useWhatIf(typed ?? shownUrl);
  const canUndo = useStore((state) => (state.workspace?.lastEdit ?? null) !== null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [list, putFocus] = useFocusAt();
  const { explanation } = told;
  const { mark } = useTenantColors(explanation?.resolution.kind === "preview" ? explanation.resolution.tenant : null);
  const rules = read ?? none;
  /** Where the rule that is edited stands now; -1 for a new one, and for one that the file has no more. */
  const place = editing === null || editing.before === null ? -1 : whereIs(rules, editing.at, editing.before);
  const lost = editing !== null && editing.before !== null && place < 0;

  const close = (at: number) => {
    setEditing(null);
    putFocus(at, "edit");
  };
  const write = async (make: RulesChange, done: string) => {
    setProblem(null);
    try {
      await act(make);
      setSaid(done);
    } catch (error) {
      setProblem((first) => first ?? messageOf(error)); // what was asked for after it is refused because of it
    }
  };
  const onAct = (at: number, rule: JsonObject, what: RowAct) => {
    if (what === "edit") return setEditing({ at, before: rule });
    if (what === "remove") {
      putFocus(Math.min(at, rules.length - 2), "edit");
      return void write(atRule(at, rule, (now) => now.filter((_, index) => index !== at)), `Removed rules[${at}]`);
    }
    const by = what === "up" ? -1 : 1;
    if (at + by < 0 || at + by >= rules.length) return;
    putFocus(at + by, "same");
    void write(atRule(at, rule, (now) => moved(now, at, by)), `rules[${at}] is rules[${at + by}] now`);
  };
  const save = async (rule: JsonObject) => {
    const at = place < 0 ? rules.length : place;
    const before = place < 0 ? null : (editing?.before ?? null);
    await edit(before === null ? (now) => [...now, rule] : atRule(at, before, (now) => now.map((one, index) => (index === at ? rule : one))));
    setSaid(before === null ? "Added the rule" : `Changed rules[${at}]`);
    close(at);
  };
  const onEscape = () => {
    if (editing === null) return false;
    close(editing.at);
    return true;
  };
  const editor = editing === null ? null : (
    <li key="editing" data-editor><RuleEditor place={["rules", place < 0 ? rules.length : place]} before={editing.before} lost={lost} onSave={save} /></li>
  );
  const rows = rules.map((rule, at) => (at === place ? editor : (
    <li key={at} data-rule={at} className="border-t border-line py-px first:border-t-0">
      <RuleRow rule={rule} at={at} count={rules.length} verdict={verdictOf(rule, at, explanation)} mark={mark} onAct={(what) => onAct(at, rule, what)} />
    </li>
  )));
  if (editing !== null && place < 0) rows.splice(lost ? editing.at + 1 : rules.length, 0, editor);

  return (
    <Dialog
      title="Rules" width={780} onClose={closeDialog} onEscape={onEscape}
      description="Which path is served in place of another. Of those by the proxy, and of those by the app, the first that matches wins."
      footer={editing !== null ? (
        <>
          <Button look="quiet" onClick={() => close(editing.at)}>Cancel</Button>
          <Button look="strong" type="submit" form={FORM}>{lost ? "Add it as a new rule" : editing.before === null ? "Add the rule" : "Save the rule"}</Button>
        </>
      ) : (
        <>
          <Button look="quiet" disabledReason={canUndo ? null : "Nothing to undo"} onClick={() => void undo()}>Undo</Button>
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
          {editing === null ? <Button look="quiet" data-add className="mt-1 px-2.5" onClick={() => setEditing({ at: rules.length, before: null })}><PlusIcon size={12} />Add a rule</Button> : null}
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
