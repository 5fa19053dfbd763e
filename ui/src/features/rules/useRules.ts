import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import type { Json, JsonObject } from "@/api/types";
import { editsBetween, valueAt } from "@/state/document";
import { change, messageOf, readDocument } from "@/state/operations";
import { useStore } from "@/state/store";
import { listed, rulesOf } from "./rules";

type Read = { rules: JsonObject[] } | { problem: string };

/**
 * The rules as the file has them now, read anew with every change of the workspace. Each edit is written at once, after those
 * that were asked for before it: a key that is held down asks faster than a file is written.
 */
export function useRules(): { read: Read | null; edit: (change: (rules: JsonObject[]) => JsonObject[]) => Promise<void> } {
  const generation = useStore((state) => state.workspace?.generation);
  const [read, setRead] = useState<Read | null>(null);
  const said = useRef<Json | undefined>(undefined);
  const queue = useRef<Promise<unknown>>(Promise.resolve());

  const know = useCallback((rules: Json | undefined) => {
    said.current = rules;
    setRead({ rules: rulesOf(rules) });
  }, []);

  useEffect(() => {
    let wanted = true;
    const reading = queue.current.then(readDocument).then(
      (document) => (wanted ? know(valueAt(document, ["rules"])) : undefined),
      (error: unknown) => (wanted ? setRead({ problem: messageOf(error) }) : undefined),
    );
    queue.current = reading;
    return () => {
      wanted = false;
    };
  }, [generation, know]);

  const edit = useCallback((changed: (rules: JsonObject[]) => JsonObject[]) => {
    const writing = queue.current.then(async () => {
      const before = said.current;
      const after = listed(changed(rulesOf(before)));
      const edits = editsBetween(["rules"], before, after);
      if (edits.length === 0) return;
      await change((to) => to.editFile(edits));
      know(after);
    });
    queue.current = writing.catch(() => undefined); // who asked is told
    return writing;
  }, [know]);

  return { read, edit };
}

/** The file was saved elsewhere while a form was open on it. */
export const changedMeanwhile = () => new ApiError("changed-meanwhile", "the rules were changed meanwhile: leave this one, and edit it as it is now", 409);
