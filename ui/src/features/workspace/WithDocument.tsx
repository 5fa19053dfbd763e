import { useEffect, useState, type ReactNode } from "react";
import { Button, Dialog } from "@/components";
import type { FileEdit, Json } from "@/api/types";
import { editFile, hasChangedMeanwhile, messageOf, readDocument, refusedAt } from "@/state/operations";
import { closeDialog } from "@/state/store";
import { spelled, type Place } from "@/state/document";

type Read = { document: Json } | { problem: string };

/** A dialog on the workspace file as it is now. `again` reads it anew, and what was typed is gone. */
export function WithDocument({ title, children }: { title: string; children: (document: Json, again: () => void) => ReactNode }) {
  const [read, setRead] = useState<{ turn: number; read: Read } | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    readDocument().then((document): Read => ({ document }), (error: unknown): Read => ({ problem: messageOf(error) })).then((read) => {
      if (wanted) setRead({ turn, read });
    }, () => undefined);
    return () => {
      wanted = false;
    };
  }, [turn]);
  if (read === null) return null; // the engine is on this machine: it answers at once
  if ("problem" in read.read) {
    return <Dialog title={title} description={read.read.problem} onClose={closeDialog} footer={<Button onClick={closeDialog}>Close</Button>} />;
  }
  return <div key={read.turn} className="contents">{children(read.read.document, () => setTurn((turn) => turn + 1))}</div>;
}

const nothing: ReadonlyMap<string, string> = new Map();

export type Saving = ReturnType<typeof useSaving>;

/** Writes edits and closes the dialog, or keeps what was refused, by its place. */
export function useSaving() {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(nothing);
  const [problem, setProblem] = useState<{ text: string; changed: boolean } | null>(null);
  const save = async (edits: readonly FileEdit[], done: string): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    setRefused(nothing);
    try {
      await editFile(edits, done);
      closeDialog();
      return true;
    } catch (error) {
      const places = refusedAt(error);
      setRefused(places);
      if (places.size === 0) setProblem({ text: messageOf(error), changed: hasChangedMeanwhile(error) });
      setBusy(false);
      return false;
    }
  };
  return { busy, refused, problem, save };
}

const isUnder = (place: string, above: string) => place === above || place.startsWith(`${above}.`) || place.startsWith(`${above}[`);

/** What was refused at a place or under it. */
export function under(refused: ReadonlyMap<string, string>, place: Place): string[] {
  return [...refused].filter(([one]) => isUnder(one, spelled(place))).map(([, text]) => text);
}

/** What was refused at places that nothing shows, neither they nor what they are under. */
export function othersThan(refused: ReadonlyMap<string, string>, shown: readonly Place[]): string[] {
  const places = shown.map(spelled);
  return [...refused].filter(([place]) => !places.some((above) => isUnder(place, above))).map(([place, text]) => (place === "" ? text : `${place}: ${text}`));
}

/** The foot of such a form: what went wrong as a whole, and the way out. */
export function SaveFoot({ saving, others, again, form, action = "Save", disabled = false, before }: {
  saving: Saving; others: readonly string[]; again: () => void; form: string; action?: string; disabled?: boolean; before?: ReactNode;
}) {
  const { problem, busy } = saving;
  const texts = problem === null ? others : [problem.text, ...others];
  return (
    <div className="flex w-full min-w-0 flex-wrap items-center justify-end gap-2">
      {texts.length === 0 ? null : <div role="alert" className="mb-1 w-full text-bad">{texts.map((text) => <p key={text} className="break-words">{text}</p>)}</div>}
      {before}
      <span className="flex-1" />
      {problem?.changed ? <Button onClick={again}>Read it anew</Button> : null}
      <Button look="quiet" onClick={closeDialog}>Cancel</Button>
      <Button look="strong" type="submit" form={form} disabled={busy || disabled}>{action}</Button>
    </div>
  );
}
