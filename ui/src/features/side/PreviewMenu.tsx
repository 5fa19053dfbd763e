import { IconButton, Menu, MenuItem, MenuLabel, MenuLine } from "@/components";
import { MoreIcon } from "@/components/icons";
import type { Preview } from "@/api/types";
import { copyAddress, copyText, openInBrowser, setUnlocked, showError } from "@/state/operations";
import { canStart, canStop, hasLog, restartServer, stageOf, startServer, stopServer } from "@/state/serving";
import { openDialog, select, setFilter, useStore } from "@/state/store";
import { variablesOf } from "@/features/workspace/variables";
import { showLog } from "@/features/trace/view";

/** Everything that can be done with a preview. Only what the file names can be edited and removed. */
export function PreviewMenu({ preview, chosen, open, onOpenChange, onToggle }: {
  preview: Preview; chosen: boolean; open: boolean; onOpenChange: (open: boolean) => void; onToggle: () => void;
}) {
  const { name, branch, source, upstream, access, unlocked, commit, checkout, deployment, server } = preview;
  const text = useStore((state) => (source === null ? "" : (state.workspace?.sources[source]?.text ?? "")));
  const variables = useStore((state) => variablesOf(state.workspace, name).length);
  const broken = server !== null && stageOf(server) === "broken";
  const readOnly = access === "read-only";
  return (
    <Menu
      label={`Actions for ${name}`} open={open} onOpenChange={onOpenChange} align="end" width={220}
      trigger={
        <IconButton label={`Actions for ${name}`} tabIndex={-1} className="size-5"><MoreIcon /></IconButton>
      }
    >
      {canStart(preview) ? <MenuItem keys={["S"]} onSelect={() => void startServer(name)}>{broken ? "Restart" : "Start"}</MenuItem> : null}
      {canStop(preview) ? <MenuItem keys={["S"]} onSelect={() => void stopServer(name)}>Stop</MenuItem> : null}
      {canStop(preview) ? <MenuItem onSelect={() => void restartServer(name)}>Restart</MenuItem> : null}
      {hasLog(preview) ? <MenuItem keys={["L"]} onSelect={() => showLog(name)}>Open its log</MenuItem> : null}
      {canStart(preview) || canStop(preview) || hasLog(preview) ? <MenuLine /> : null}
      <MenuItem onSelect={() => select({ previews: [name] })}>Show alone</MenuItem>
      <MenuItem onSelect={onToggle}>{chosen ? "Take out of the panes" : "Compare with what is shown"}</MenuItem>
      <MenuItem onSelect={() => setFilter(`preview:${name}`)}>Show its trace</MenuItem>
      {upstream === null ? null : <MenuItem onSelect={() => openDialog({ kind: "probe", preview: name })}>Find out its Host…</MenuItem>}
      {variables > 0 ? <MenuItem onSelect={() => openDialog({ kind: "variables", preview: name })}>{variables === 1 ? "Its variable…" : `Its ${variables} variables…`}</MenuItem> : null}
      {readOnly ? (
        <MenuItem onSelect={() => (unlocked ? void setUnlocked(name, false).catch(showError) : openDialog({ kind: "unlock", preview: name }))}>
          {unlocked ? "Lock" : "Unlock…"}
        </MenuItem>
      ) : null}
      <MenuLine />
      <MenuItem onSelect={() => void copyAddress(name)}>Copy its address</MenuItem>
      {branch === null ? null : <MenuItem onSelect={() => void copyText(branch, "the branch’s name")}>Copy the branch’s name</MenuItem>}
      {commit ? <MenuItem detail={commit.id} onSelect={() => void copyText(commit.id, "the commit’s id")}>Copy the commit’s id</MenuItem> : null}
      {checkout ? <MenuItem onSelect={() => void copyText(checkout.folder, "the folder")}>Copy its folder</MenuItem> : null}
      {deployment ? <MenuItem onSelect={() => void openInBrowser(deployment.url)}>Open the deployment</MenuItem> : null}
      {deployment?.inspector ? <Inspect url={deployment.inspector} /> : null}
      {source === null ? (
        <>
          <MenuLine />
          <MenuItem keys={["F2"]} onSelect={() => openDialog({ kind: "preview", name })}>Edit…</MenuItem>
          <MenuItem danger onSelect={() => openDialog({ kind: "remove-preview", preview: name })}>Remove…</MenuItem>
        </>
      ) : (
        <MenuLabel>{deployment ? "A deployment" : "A branch"}{text === "." ? "" : <> of <span className="wire !text-cap break-all">{text}</span></>}: not named in the file</MenuLabel>
      )}
    </Menu>
  );
}

function Inspect({ url }: { url: string }) {
  return <MenuItem onSelect={() => void openInBrowser(url)}>Open its page on the platform</MenuItem>;
}
