import { useRef, useState, type FormEvent } from "react";
import { create } from "zustand";
import { ApiError } from "@/api/client";
import { Button, TextField } from "@/components";
import { copyText, keepVariable, messageOf } from "@/state/operations";
import { useStore } from "@/state/store";

/** What one pane learns holds for all: a system has a keychain or it has none. */
export const useKeychain = create(() => ({ missing: false }));

/** A preview that lacks variables answers nothing; its pane asks for them instead of showing that. */
export function PaneVariables({ preview, names, brief }: {
  preview: string; names: readonly string[];
  /** A small picture of a pane has no room to ask. */
  brief: boolean;
}) {
  const folder = useStore((state) => state.workspace?.origin.folder ?? "");
  const noKeychain = useKeychain(({ missing }) => missing);
  const many = names.length > 1;
  if (brief) {
    return <p className="flex min-h-0 flex-1 items-center justify-center bg-bg p-2 text-center text-cap text-warn">needs {many ? `${names.length} variables` : "a variable"}</p>;
  }
  return (
    <div className="min-h-0 flex-1 overflow-auto bg-bg">
      <div className="mx-auto flex min-h-full max-w-[420px] flex-col justify-center gap-5 p-5">
        <div className="flex flex-col gap-2">
          <h3 className="text-title font-name break-words">{`${preview} needs ${many ? `${names.length} variables` : "a variable"}`}</h3>
          <p className="text-second">
            tripledash.json asks for <span className="wire break-all text-text">{names.join(", ")}</span>, and nothing sets {many ? "them" : "it"}. Until then, no request of this preview is sent.
          </p>
        </div>
        {noKeychain ? (
          <p role="alert" className="text-second">This system has no keychain, so {many ? "their values belong" : "its value belongs"} into a file.</p>
        ) : (
          <div className="flex flex-col gap-4">
            {names.map((name) => <KeepForm key={name} name={name} />)}
            <p className="text-cap text-third">The system&rsquo;s keychain keeps it for this workspace only. It is sent to this preview and never shown.</p>
          </div>
        )}
        <FileLines names={names} folder={folder} only={noKeychain} />
      </div>
    </div>
  );
}

/** One variable, from its value typed to its value kept. The value is in the field alone, and the field is emptied. */
function KeepForm({ name }: { name: string }) {
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
    // The form goes when its variable is set. Whoever typed goes on in the same pane, not at the top of the page.
    const pane = input.closest("section");
    setKeeping(true);
    setProblem(null);
    try {
      await keepVariable(name, input.value);
      input.value = "";
      pane?.focus();
    } catch (error) {
      if (error instanceof ApiError && error.code === "no-keychain") {
        input.value = "";
        pane?.focus();
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
        label={name}
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
function FileLines({ names, folder, only }: { names: readonly string[]; folder: string; only: boolean }) {
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
