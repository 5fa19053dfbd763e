import { useState } from "react";
import { Button, TextField } from "@/components";
import { addTenant, messageOf } from "@/state/operations";
import { select, useStore } from "@/state/store";
import { idOf } from "./search";

/** Adds tenants one after the other: a name, its id made from it, Enter. */
export function AddTenantRow({ start, first, onAdd, onDone }: { start: string; first: boolean; onAdd: () => void; onDone: () => void }) {
  const [text, setText] = useState(start);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = idOf(text);
  const needsId = text.trim() !== "" && id === "";

  const add = async () => {
    if (id === "") return;
    setBusy(true);
    setProblem(null);
    onAdd();
    try {
      const name = text.trim();
      await addTenant(name === id ? { id } : { id, name });
      const { tenants } = useStore.getState().selection;
      if (!tenants.includes(id)) select({ tenants: [...tenants, id] });
      setText("");
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className="mx-3 mb-2 flex shrink-0 flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
    >
      <TextField
        label={first ? "Add a tenant" : "New tenant"} placeholder="Name or id" autoFocus={!first} value={text} readOnly={busy}
        problem={problem ?? (needsId ? "An id needs letters a to z or digits; edit it to give one" : null)}
        hint={id !== "" && id !== text.trim() ? <>id <span className="wire">{id}</span></> : first ? "It goes before --- in the address." : undefined}
        onChange={(event) => {
          setText(event.target.value);
          setProblem(null);
        }}
      />
      {first && text === "" ? null : (
        <div className="flex justify-end gap-1.5">
          {first ? null : <Button look="quiet" className="h-6" onClick={onDone}>Done</Button>}
          <Button type="submit" className="h-6" disabled={id === "" || busy}>Add</Button>
        </div>
      )}
    </form>
  );
}
