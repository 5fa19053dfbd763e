import { useRef, useState, type FormEvent } from "react";
import { create } from "zustand";
import { ApiError } from "@/api/client";
import { Button, TextField } from "@/components";
import { copyText, keepVariable, messageOf } from "@/state/operations";

/** What one form learns holds for all: a system has a keychain or it has none. */
export const useKeychain = create(() => ({ missing: false }));

/** One variable, from its value typed to its value kept. The value is in the field alone, and the field is emptied. */
export function KeepForm({ name, label = name, onDone, autoFocus = false }: {
  name: string; label?: string; autoFocus?: boolean;
  /** The form goes once its variable is kept, or there is no keychain. Whoever typed goes on near, not at the top of the page. */
  onDone: (kept: boolean, section: HTMLElement | null) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  const [filled, setFilled] = useState(false);
  const [keeping, setKeeping] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function keep(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const input = field.current;
    if (!input || keeping) return;
    if (input.value.trim() === "") {
      setProblem(`Type or paste the value of ${name}.`);
      input.focus();
      return;
    }
    const section = input.closest("section"); // before the form is gone
    setKeeping(true);
    setProblem(null);
    try {
      await keepVariable(name, input.value);
      input.value = "";
      onDone(true, section);
    } catch (error) {
      if (error instanceof ApiError && error.code === "no-keychain") {
        input.value = "";
        onDone(false, section);
        useKeychain.setState({ missing: true });
        return;
      }
      setKeeping(false);
      setProblem(messageOf(error));
      input.focus();
    }
  }

  return (
    <form className="flex flex-col gap-2" onSubmit={(event) => void keep(event)} noValidate>
      <TextField
        ref={field}
        autoFocus={autoFocus}
        label={label}
        type="password"
        // No browser offers to keep a code that is good once: the value stays out of its passwords.
        autoComplete="one-time-code"
        wire
        readOnly={keeping}
        problem={problem}
        onChange={({ currentTarget }) => {
          setFilled(currentTarget.value.trim() !== "");
          setProblem(null);
        }}
      />
      <div><Button type="submit" look={filled ? "strong" : "raised"} disabled={keeping}>{keeping ? "Keeping…" : "Keep in the keychain"}</Button></div>
    </form>
  );
}

/** The other way: what to write into `.env.local`, which is read again as soon as it is saved. */
export function FileLines({ names, folder, only }: { names: readonly string[]; folder: string; only: boolean }) {
  const lines = names.map((name) => `${name}=`).join("\n");
  return (
    <div className="flex flex-col gap-1.5">
      <p className={only ? "text-second" : "text-cap text-third"}>
        {only ? "Put" : "Or put"} {names.length > 1 ? "these lines" : "this line"} with the value into <span className="wire break-words">{beside(folder)}</span>:
      </p>
      <div className="flex items-center gap-2 rounded-control border border-line bg-panel py-1 pr-1 pl-2.5">
        <code className="wire min-w-0 flex-1 py-[3px] break-words whitespace-pre-wrap">{names.map((name) => `${name}=…`).join("\n")}</code>
        <Button look="quiet" className="h-6 px-2 text-cap" onClick={() => void copyText(lines, names.length > 1 ? "the lines" : "the line")}>Copy</Button>
      </div>
    </div>
  );
}

const beside = (folder: string) => (folder === "" ? ".env.local" : `${folder}${folder.includes("\\") ? "\\" : "/"}.env.local`);
