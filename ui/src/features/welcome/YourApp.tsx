import { useEffect, useState } from "react";
import { Button, TextField } from "@/components";
import { FolderIcon } from "@/components/icons";
import { ApiError } from "@/api/client";
import type { SplitAddress } from "@/api/types";
import { hasNoWorkspace, messageOf, openFolder, startWith } from "@/state/operations";
import { useStore } from "@/state/store";
import { offer } from "@/features/probe/probes";
import { NoWorkspace, pickFolder } from "@/features/workspace/FolderDialog";

type Reading = { text: string; split: SplitAddress | null; problem: string | null };

/** Asks the engine how it reads the address, a moment after the last key. */
function useReading(text: string): Reading | null {
  const api = useStore((state) => state.api);
  const [reading, setReading] = useState<Reading | null>(null);
  useEffect(() => {
    if (text.trim() === "" || !api) return;
    const timer = setTimeout(() => {
      api.split(text).then(
        (split) => setReading({ text, split, problem: null }),
        (error: unknown) => setReading({ text, split: null, problem: error instanceof ApiError && error.status === 400 ? messageOf(error) : null }),
      );
    }, 250);
    return () => clearTimeout(timer);
  }, [text, api]);
  return reading?.text === text ? reading : null;
}

/** The second door: any address of your app, or its folder. */
export function YourApp({ onDone }: { onDone?: () => void }) {
  const canPick = useStore((state) => state.shell.pickFolder);
  const [text, setText] = useState("");
  const [folder, setFolder] = useState("");
  const [problem, setProblem] = useState<{ of: "address" | "folder"; message: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const bareFolder = useStore((state) => state.bareFolder);
  const [asked, setMissing] = useState<string | null>(null);
  const missing = asked ?? bareFolder;
  const reading = useReading(text);

  const run = async (of: "address" | "folder", what: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await what();
      onDone?.();
    } catch (error) {
      if (!hasNoWorkspace(error)) setProblem({ of, message: messageOf(error) });
      throw error;
    } finally {
      setBusy(false);
    }
  };

  const open = async (path: string) => {
    setMissing(null);
    await run("folder", () => openFolder(path)).catch((error: unknown) => hasNoWorkspace(error) && setMissing(path));
  };
  const choose = async () => {
    const chosen = await pickFolder();
    if (chosen !== null) await open(chosen);
  };

  return (
    <div className="flex flex-col gap-4">
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") run("address", async () => offer(await startWith(text.trim()))).catch(() => undefined); // shown beside the field
        }}
      >
        <div className="flex items-end gap-2">
          <TextField
            className="flex-1" label="An address of your app" autoFocus={onDone !== undefined} wire placeholder="localhost:3000" value={text} readOnly={busy}
            onChange={(event) => {
              setText(event.target.value);
              setProblem(null);
            }}
          />
          <Button look="strong" type="submit" className="h-8" disabled={text.trim() === "" || busy}>{busy ? "Opening…" : "Open"}</Button>
        </div>
        <div className="min-h-[18px]" aria-live="polite">
          {problem?.of === "address" ? <p className="text-bad">{problem.message}</p> : reading?.problem ? <p className="text-warn">{reading.problem}</p> : reading?.split ? <Read split={reading.split} /> : (
            <p className="text-cap text-third">A preview URL with or without a tenant, or the dev server’s address.</p>
          )}
        </div>
      </form>
      <div className="flex items-center gap-3 text-cap text-third before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">or its folder</div>
      {canPick ? (
        <Button disabled={busy} onClick={() => void choose()}><FolderIcon />Choose a folder…</Button>
      ) : (
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void open(folder.trim());
          }}
        >
          <TextField className="flex-1" label="Folder" wire placeholder="/home/you/acme-platform" value={folder} readOnly={busy} onChange={(event) => setFolder(event.target.value)} />
          <Button type="submit" className="h-8" disabled={folder.trim() === "" || busy}>Open</Button>
        </form>
      )}
      {missing === null ? null : (
        <NoWorkspace folder={missing} />
      )}
      {problem?.of === "folder" ? <p role="alert" className="text-bad">{problem.message}</p> : null}
    </div>
  );
}

/** How the address was read, piece by piece. */
function Read({ split }: { split: SplitAddress }) {
  const pieces: [string, string][] = [
    ...(split.tenant === null ? [] : ([["tenant", split.tenant]] as [string, string][])), ["preview", split.preview], ["upstream", split.upstream.replace(/^https?:\/\//, "")],
  ];
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-1">
      {pieces.map(([term, value]) => (
        <div key={term} className="flex min-w-0 gap-1.5">
          <dt className="text-third">{term}</dt>
          <dd className="wire min-w-0 break-all">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
