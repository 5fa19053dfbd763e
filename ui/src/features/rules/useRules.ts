import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import type { Json, JsonObject } from "@/api/types";
import { editsBetween, same, valueAt } from "@/state/document";
import { change, hasChangedMeanwhile, messageOf, readDocument } from "@/state/operations";
import { useStore } from "@/state/store";
import { listed, rulesOf } from "./rules";

/** Makes one list of another. Throws where the list is not the one that it was meant for. */
export type RulesChange = (rules: readonly JsonObject[]) => JsonObject[];

/** The list as it will be with what is still to be written. What does not apply is refused when its turn comes. */
function ahead(rules: readonly JsonObject[], changes: readonly RulesChange[]): readonly JsonObject[] {
  return changes.reduce((now, make) => {
    try {
      return make(now);
    } catch {
      return now;
    }
  }, rules);
}

/**
 * The rules of the file, read anew with every change of the workspace. `act` shows its change at once, `edit` once the file has
 * it; both are written one after another, each made of what the file says by then, and `undo` waits for them.
 */
export function useRules() {
  const generation = useStore((state) => state.workspace?.generation);
  // A file that is broken, or mended to what it meant before, is no other generation; its problems are told with every line.
  const problems = useStore((state) => state.workspace?.problems);
  const lastEdit = useStore((state) => state.workspace?.lastEdit ?? null);
  const [again, setAgain] = useState(0);
  const [read, setRead] = useState<readonly JsonObject[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asked, setAsked] = useState<readonly RulesChange[]>([]);
  const said = useRef<Json | undefined>(undefined);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  /** The edit that is the file's last once all in the queue is written; `null` where the last of it is refused. */
  const left = useRef<Promise<number | null> | null>(null);

  const know = useCallback((rules: Json | undefined) => {
    said.current = rules;
    setRead(rulesOf(rules));
    setProblem(null);
  }, []);

  useEffect(() => {
    let wanted = true;
    const reading = queue.current.then(async () => {
      if (!wanted) return; // a later one is in the queue, or nobody looks
      try {
        const rules = valueAt(await readDocument(), ["rules"]);
        if (wanted) know(rules);
      } catch (error) {
        if (wanted) setProblem(messageOf(error));
      }
    });
    queue.current = reading;
    return () => {
      wanted = false;
    };
  }, [generation, problems, again, know]);

  const inTurn = useCallback((write: () => Promise<number | null>): Promise<unknown> => {
    const writing = queue.current.then(write);
    const leaves = writing.catch(() => null);
    queue.current = leaves; // who asked is told
    left.current = leaves;
    void leaves.then(() => {
      if (left.current === leaves) left.current = null;
    });
    return writing;
  }, []);

  const edit = useCallback((make: RulesChange) => (
    inTurn(async () => {
      try {
        const after = listed(make(rulesOf(said.current)));
        const edits = editsBetween(["rules"], said.current, after);
        if (edits.length === 0) return lastEditNow();
        const { lastEdit } = await change((to) => to.editFile(edits));
        know(after);
        return lastEdit;
      } catch (error) {
        if (hasChangedMeanwhile(error)) setAgain((times) => times + 1); // also where nothing tells of that change
        throw error;
      } finally {
        // In one step with what is known now: else it would be shown twice, or not at all.
        setAsked((changes) => changes.filter((one) => one !== make));
      }
    })
  ), [inTurn, know]);

  const act = useCallback((make: RulesChange) => {
    setAsked((changes) => [...changes, make]);
    return edit(make);
  }, [edit]);

  /** Takes back what was done last, which may be still to be written; nothing where that is refused. */
  const undo = useCallback(() => {
    const meant = left.current ?? Promise.resolve(lastEditNow());
    return inTurn(async () => {
      const edit = await meant;
      return edit === null ? null : (await change((to) => to.undo(edit), { done: "Undone" })).lastEdit;
    });
  }, [inTurn]);

  return { rules: read === null ? null : ahead(read, asked), problem, act, edit, undo, canUndo: asked.length > 0 || lastEdit !== null };
}

const lastEditNow = () => useStore.getState().workspace?.lastEdit ?? null;

/** The file was saved elsewhere while something was done to what it said. */
const changedMeanwhile = () => new ApiError("changed-meanwhile", "the rules were changed meanwhile: look at them again", 409);

/** A change of one rule, that is made only where the rule still stands in its place. */
export const atRule = (at: number, rule: JsonObject, make: RulesChange): RulesChange => (now) => {
  if (!same(now[at], rule)) throw changedMeanwhile();
  return make(now);
};

/** Where a rule stands now; -1 where the file has it no more. */
export const whereIs = (rules: readonly JsonObject[], at: number, rule: JsonObject): number =>
  same(rules[at], rule) ? at : rules.findIndex((one) => same(one, rule));
