import { useState } from "react";
import { Button, Dialog } from "@/components";
import type { Trust, TrustedCommand } from "@/api/types";
import { messageOf, showError } from "@/state/operations";
import { distrust, haveChanged, reread, startServer, trustCommands } from "@/state/serving";
import { closeDialog, useStore } from "@/state/store";
import { doingOf } from "@/state/trust";
import { sentence } from "@/state/words";

const same = (a: readonly TrustedCommand[], b: readonly TrustedCommand[]) => JSON.stringify(a) === JSON.stringify(b);

/** What these lines do, as far as they do it. */
const doings = (commands: readonly TrustedCommand[]) => {
  const does = new Set(commands.map(doingOf));
  return { runs: does.has("runs"), sends: does.has("sends") };
};

/**
 * A workspace may come from anywhere, so it runs and sends nothing before a person has seen what. What is trusted is just the lines
 * that stand here: when the file says others, this is asked again.
 */
export function TrustDialog({ start }: { start: string | null }) {
  const trust = useStore((state) => state.workspace?.trust ?? null);
  if (trust === null) {
    return <Dialog title="Trust of this workspace" description="It runs no commands, and sends nothing of yours elsewhere." onClose={closeDialog} footer={<Button onClick={closeDialog}>Close</Button>} />;
  }
  return trust.trusted && start === null ? <Trusted trust={trust} /> : <Ask trust={trust} start={start} />;
}

function Ask({ trust, start }: { trust: Trust; start: string | null }) {
  const [seen, setSeen] = useState(trust.commands);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [changed, setChanged] = useState(false);
  const title = useStore((state) => state.workspace?.previews.find(({ name }) => name === start)?.branch);
  const { runs, sends } = doings(trust.commands);
  // The file may be saved while this is open, under the pointer: what stands here then is agreed to only once it was seen.
  if (!same(seen, trust.commands)) {
    setSeen(trust.commands);
    setChanged(true);
  }

  const agree = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await trustCommands(trust.commands);
      closeDialog();
      if (start !== null) void startServer(start);
    } catch (error) {
      setBusy(false);
      if (!haveChanged(error)) return setProblem(messageOf(error));
      setChanged(true);
      await reread().catch(showError);
    }
  };

  return (
    <Dialog
      title={start === null ? "Trust this folder?" : `Trust this folder to start ${title ?? start}?`} width={560} onClose={closeDialog}
      description={
        !runs
          ? "Its tripledash.json sends what is yours elsewhere. Trust it if you know who wrote it."
          : `Its tripledash.json names commands, which run on this machine as you, with all that you may do${sends ? ", and sends what is yours elsewhere" : ""}. Trust it if you know who wrote it.`
      }
      footer={
        <>
          <Button look="quiet" onClick={closeDialog}>Cancel</Button>
          <Button look="strong" disabled={busy} disabledReason={changed ? "Look at the lines that are here now first" : null} onClick={() => void agree()}>{start === null ? "Trust this folder" : "Trust this folder and start"}</Button>
        </>
      }
    >
      {changed ? (
        <div className="mb-3 flex items-center gap-3">
          <p role="alert" className="flex-1 text-warn">The file was changed meanwhile. These are its lines now.</p>
          <Button onClick={() => setChanged(false)}>I have seen them</Button>
        </div>
      ) : null}
      <Folder folder={trust.folder} />
      <Commands commands={trust.commands} />
      <p className="mt-3 text-cap text-third">Just these lines are trusted. When the file says others, you are asked again.</p>
      {problem === null ? null : <p role="alert" className="mt-2 text-bad">{problem}</p>}
    </Dialog>
  );
}

function Trusted({ trust }: { trust: Trust }) {
  return (
    <Dialog
      title="This folder is trusted" width={560} onClose={closeDialog} description="What stands here is done when it is needed."
      footer={
        <>
          <Button look="danger" onClick={() => void distrust().then(closeDialog, showError)}>Trust it no longer</Button>
          <Button onClick={closeDialog}>Close</Button>
        </>
      }
    >
      <Folder folder={trust.folder} />
      <Commands commands={trust.commands} />
    </Dialog>
  );
}

const Folder = ({ folder }: { folder: string }) => (
  <p className="wire mb-3 break-all text-second"><span className="sr-only">Folder: </span>{folder}</p>
);

/** Every line just as it would be done, where the file says so, and when. */
function Commands({ commands }: { commands: readonly TrustedCommand[] }) {
  return (
    <ul aria-label="What is trusted" className="overflow-hidden rounded-control border border-line">
      {commands.map((command) => ({ ...command, runs: doingOf(command) === "runs" })).map(({ place, line, folder, when, runs }) => (
        <li key={`${place} ${line}`} className="border-t border-line first:border-t-0">
          {runs ? <pre tabIndex={0} className="wire max-h-40 overflow-auto bg-bg px-3 py-2 break-words whitespace-pre-wrap select-text">{line}</pre> : <p className="bg-bg px-3 py-2 break-words select-text">{sentence(line)}</p>}
          <p className="flex flex-wrap items-baseline gap-x-3 px-3 py-1.5 text-cap text-third">
            <span className="min-w-0 flex-1 text-second">{sentence(when.charAt(0).toUpperCase() + when.slice(1))}{folder === null || folder === "." ? null : <> In <span className="wire !text-cap break-all text-warn">{folder}</span>.</>}</span>
            <span className="wire !text-cap">{place}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}
