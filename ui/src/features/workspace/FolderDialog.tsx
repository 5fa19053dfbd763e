import { useState } from "react";
import { Button, Dialog, TextField } from "@/components";
import { FolderIcon } from "@/components/icons";
import { hasNoWorkspace, messageOf, openFolder, saveWorkspace, showError } from "@/state/operations";
import { closeDialog, openDialog, useStore } from "@/state/store";

/** Asks the desktop shell for a folder; where there is none, the path is typed. */
export async function pickFolder(): Promise<string | null> {
  const { api } = useStore.getState();
  try {
    return (await api?.pickFolder()) ?? null;
  } catch (error) {
    showError(error);
    return null;
  }
}

/** A folder without a workspace: nothing is wrong, it only has to be written first. */
export function NoWorkspace({ folder }: { folder: string }) {
  return (
    <div role="status" className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2">
      <p className="min-w-[200px] flex-1 text-second">There is no <span className="wire">tripledash.json</span> in <span className="wire break-all">{folder}</span> yet.</p>
      <Button onClick={() => openDialog({ kind: "first-file", folder })}>Write a first tripledash.json…</Button>
    </div>
  );
}

const texts = {
  open: {
    title: "Open a folder", action: "Open",
    description: <>A folder with a <span className="wire">tripledash.json</span>, or one to write it into.</>,
    run: openFolder,
  },
  save: {
    title: "Save the workspace", action: "Save",
    description: <>Writes <span className="wire">tripledash.json</span> into a folder, best your app’s own. From then on, each change is written there.</>,
    run: saveWorkspace,
  },
};

export function FolderDialog({ kind }: { kind: "open" | "save" }) {
  const { title, action, description, run } = texts[kind];
  const workspace = useStore((state) => state.workspace);
  const canPick = useStore((state) => state.shell.pickFolder);
  const [folder, setFolder] = useState(kind === "save" && workspace?.origin.kind === "folder" ? workspace.origin.folder : "");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState<string | null>(null);

  const go = async (chosen: string) => {
    setBusy(true);
    setMissing(null);
    setProblem(null);
    try {
      await run(chosen.trim());
      closeDialog();
    } catch (error) {
      if (hasNoWorkspace(error)) setMissing(chosen.trim());
      else setProblem(messageOf(error));
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={title} description={description} onClose={closeDialog} keepsNothing
      footer={
        <>
          <Button look="quiet" onClick={closeDialog}>Cancel</Button>
          <Button look="strong" type="submit" form="folder-form" disabled={folder.trim() === "" || busy}>{action}</Button>
        </>
      }
    >
      <form
        id="folder-form" className="flex items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void go(folder);
        }}
      >
        <TextField
          className="flex-1" wire autoFocus label="Folder" placeholder="/home/you/acme-platform" value={folder} problem={problem} readOnly={busy}
          onChange={(event) => {
            setFolder(event.target.value);
            setProblem(null);
            setMissing(null);
          }}
        />
        {canPick ? (
          <Button className="mt-5 h-8" onClick={() => void pickFolder().then((chosen) => chosen !== null && setFolder(chosen))}><FolderIcon />Choose…</Button>
        ) : null}
      </form>
      {missing === null ? null : <NoWorkspace folder={missing} />}
      {kind === "open" && workspace && workspace.recent.some((one) => one.folder !== workspace.origin.folder) ? (
        <section className="mt-4">
          <h3 className="mb-1 text-cap text-third">Recent</h3>
          <ul className="-mx-2">
            {workspace.recent.filter((one) => one.folder !== workspace.origin.folder).slice(0, 8).map((one) => (
              <li key={one.folder}>
                <button type="button" className="flex h-7 w-full items-center gap-3 rounded-[6px] px-2 text-left hover:bg-raised" onClick={() => void go(one.folder)}>
                  <span className="truncate">{one.name}</span>
                  <span className="wire ml-auto truncate !text-cap text-third">{one.folder}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </Dialog>
  );
}
