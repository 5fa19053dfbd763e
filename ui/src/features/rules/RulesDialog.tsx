import { useEffect, useRef, useState } from "react";
import { Button, Dialog } from "@/components";
import { PlusIcon } from "@/components/icons";
import type { JsonObject } from "@/api/types";
import { useAddresses } from "@/state/addresses";
import { same } from "@/state/document";
import { messageOf, undo } from "@/state/operations";
import { useShown } from "@/state/shown";
import { closeDialog, useStore } from "@/state/store";
import { useTenantColors } from "@/state/tenants";
import { moved } from "./rules";
import { FORM, RuleEditor } from "./RuleEditor";
import { RuleRow, type RowAct } from "./RuleRow";
import { changedMeanwhile, useRules } from "./useRules";
import { useWhatIf } from "./useWhatIf";
import { WhatIf } from "./WhatIf";

/** The address bar's first URL; with several tenants, that of the first pane. */
function useAddressBarUrl(): string {
  const first = useShown()[0];
  const [address] = useAddresses(first ? [first.item] : []);
  return address?.url ?? "";
}

/** The rules in their order, each with what it says to one request. Every edit is written at once, so that the answer is the engine's own. */
export function RulesDialog({ url }: { url: string | null }) {
  const { read, edit } = useRules();
  const shownUrl = useAddressBarUrl();
  const [typed, setTyped] = useState(url);
  const told = useWhatIf(typed ?? shownUrl);
  const canUndo = useStore((state) => state.workspace?.canUndo ?? false);
  const [editing, setEditing] = useState<{ at: number; before: JsonObject | null } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [list, putFocus] = useFocusAt();
  const { explanation } = told;
  const { mark } = useTenantColors(explanation?.resolution.kind === "preview" ? explanation.resolution.tenant : null);
  const rules = read !== null && "rules" in read ? read.rules : [];

  const close = (at: number) => {
    setEditing(null);
    putFocus(at, "edit");
  };
  const write = async (change: (rules: JsonObject[]) => JsonObject[], done: string) => {
    setProblem(null);
    try {
      await edit(change);
      setSaid(done);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const act = (at: number, what: RowAct) => {
    if (what === "edit") setEditing({ at, before: rules[at] ?? null });
    else if (what === "remove") {
      putFocus(Math.min(at, rules.length - 2), "edit");
      void write((now) => now.filter((_, index) => index !== at), `Removed rules[${at}]`);
    } else {
      const by = what === "up" ? -1 : 1;
      if (at + by < 0 || at + by >= rules.length) return;
      putFocus(at + by, "same");
      void write((now) => moved(now, at, by), `rules[${at}] is rules[${at + by}] now`);
    }
  };
  const save = (at: number, before: JsonObject | null) => async (rule: JsonObject) => {
    await edit((now) => {
      if (before === null) return [...now, rule];
      if (!same(now[at], before)) throw changedMeanwhile();
      return now.map((one, index) => (index === at ? rule : one));
    });
    setSaid(before === null ? "Added the rule" : `Changed rules[${at}]`);
    close(before === null ? rules.length : at);
  };
  const onEscape = () => {
    if (editing === null) return false;
    close(editing.at);
    return true;
  };
  const adding = editing !== null && editing.before === null;

  return (
    <Dialog
      title="Rules" width={780} onClose={closeDialog} onEscape={onEscape}
      description="Which path is served in place of another. Of those by the proxy, and of those by the app, the first that matches wins."
      footer={editing !== null ? (
        <>
          <Button look="quiet" onClick={() => close(editing.at)}>Cancel</Button>
          <Button look="strong" type="submit" form={FORM}>{editing.before === null ? "Add the rule" : "Save the rule"}</Button>
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
      {read === null ? null : "problem" in read ? <p role="alert" className="pt-3 text-bad">{read.problem}</p> : (
        <>
          {rules.length === 0 && !adding ? <p className="pt-3 text-second">There is none: every path goes to the app as it comes. An app that serves each tenant from a path of its own, as Next.js does with middleware, is told by a rule, and its rewrites are then compared.</p> : null}
          <ol ref={list} aria-label="Rules" className="flex flex-col pt-2">
            {rules.map((rule, at) => (
              <li key={at} data-rule={at} className="border-t border-line py-px first:border-t-0">
                {editing !== null && editing.at === at && editing.before !== null ? (
                  <RuleEditor place={["rules", at]} before={editing.before} onSave={save(at, editing.before)} />
                ) : (
                  <RuleRow rule={rule} at={at} count={rules.length} verdict={explanation?.rules.find(({ index }) => index === at)} mark={mark} onAct={(what) => act(at, what)} />
                )}
              </li>
            ))}
            {adding ? <li><RuleEditor place={["rules", rules.length]} before={null} onSave={save(rules.length, null)} /></li> : null}
          </ol>
          {editing === null ? <Button look="quiet" data-add className="mt-1 px-2.5" onClick={() => setEditing({ at: rules.length, before: null })}><PlusIcon size={12} />Add a rule</Button> : null}
        </>
      )}
    </Dialog>
  );
}

/** A rule that moves takes the focus along; one that goes leaves it to its neighbour. Rows are known by their place only. */
function useFocusAt() {
  const ref = useRef<HTMLOListElement>(null);
  const wanted = useRef<{ at: number; act: string } | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const { at, act } = wanted.current;
    wanted.current = null;
    const row = ref.current?.querySelector(`[data-rule="${at}"]`);
    const target = row?.querySelector<HTMLElement>(`[data-act="${act}"]:not(:disabled)`) ?? row?.querySelector<HTMLElement>("[data-act=edit]");
    (target ?? ref.current?.parentElement?.querySelector<HTMLElement>("[data-add]"))?.focus();
  });
  const put = (at: number, act: "edit" | "same") => {
    const now = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["act"] : undefined;
    wanted.current = { at, act: act === "same" ? (now ?? "edit") : act };
  };
  return [ref, put] as const;
}
