import type { CSSProperties, MouseEvent } from "react";
import { classes, IconButton, MiddleEllipsis } from "@/components";
import { LockIcon, LogIcon, PlayIcon, StopIcon, UnlockIcon } from "@/components/icons";
import type { Deployment, Preview } from "@/api/types";
import { setUnlocked, showError } from "@/state/operations";
import { canStart, canStop, hasLog, remarkOf, serverWords, startServer, stopServer } from "@/state/serving";
import { openDialog } from "@/state/store";
import { showLog } from "@/features/trace/view";
import { PreviewDot } from "./PreviewDot";
import { PreviewMenu } from "./PreviewMenu";
import { addressName, dirtOf, distanceOf, markOf, stateShort, stateWords, titleOf, type Tone } from "./previewState";
import { Unverified } from "./Unverified";

export const toneClasses: Record<Tone, string> = { plain: "text-third", ok: "text-ok", warn: "text-warn", bad: "text-bad" };

/** A preview that a source found has a second line: what it was built from. */
export const heightOf = ({ source }: Preview): number => (source === null ? 29 : 44);

type Props = {
  id: string; preview: Preview; now: number; at: number; count: number; chosen: boolean; active: boolean; menuOpen: boolean;
  onMenu: (open: boolean) => void; onClick: (event: MouseEvent) => void; onToggle: () => void; onStart: () => void;
};

/** What is read aloud of a row. */
export function spoken(preview: Preview): string {
  const { access, unlocked, insecure, branch, name, checkout, deployment } = preview;
  return [
    stateWords(preview),
    branch !== null && branch !== name && `branch ${branch}`,
    checkout?.workingCopy && "working copy",
    distanceOf(preview)?.label,
    dirtOf(preview)?.label,
    remarkOf(preview)?.replaceAll("`", ""),
    deployment?.serving && "an older deployment answers",
    access === "read-only" && (unlocked ? "unlocked" : "read-only"),
    insecure && "TLS not verified",
  ].filter(Boolean).join(", ");
}

export function PreviewRow({ id, preview, now, at, count, chosen, active, menuOpen, onMenu, onClick, onToggle, onStart }: Props) {
  const { name, source, upstream, access, unlocked, insecure, missingVariables } = preview;
  const readOnly = access === "read-only";
  const state = stateShort(preview, now);
  const title = titleOf(preview);
  const two = source !== null;
  const acts = [hasLog(preview), canStart(preview), canStop(preview)].filter(Boolean).length;
  const room = { "--lock": readOnly ? "22px" : "0px", "--acts": `${(acts + 1) * 21 + 10}px` } as CSSProperties;
  const shown = menuOpen ? "pr-[calc(var(--acts)+var(--lock))]" : "pr-[calc(6px+var(--lock))] group-hover/row:pr-[calc(var(--acts)+var(--lock))]";
  const gone = menuOpen ? "hidden" : "group-hover/row:hidden";
  return (
    <div
      role="presentation"
      className={classes(
        "group/row relative h-full rounded-control",
        chosen ? "bg-raised" : "hover:bg-hover",
        active && "group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-(--td-focus)",
      )}
      style={room}
    >
      <div
        id={id} role="option" aria-selected={chosen} aria-posinset={at + 1} aria-setsize={count} aria-label={`${name}: ${spoken(preview)}`} data-testid={`preview-${name}`}
        className="flex h-full min-w-0 flex-col justify-center pl-2.5"
        onClick={onClick} onDoubleClick={() => (source === null ? openDialog({ kind: "preview", name }) : undefined)}
        onContextMenu={(event) => {
          event.preventDefault();
          onMenu(true);
        }}
      >
        <span className={classes("flex min-w-0 items-center gap-1.5", shown)}>
          <span className="mr-1 flex"><PreviewDot preview={preview} /></span>
          <span className="wire flex min-w-0 shrink" title={title === name ? name : `${title}, ${name} in addresses`}><MiddleEllipsis text={title} tail={Math.min(two ? 8 : 12, Math.ceil(title.length / 2))} /></span>
          {insecure ? <Unverified plain className="text-cap" /> : null}
          {state.text === "" ? null : (
            <span
              className={classes("wire ml-auto truncate !text-cap", toneClasses[state.tone], gone, two || state.text.startsWith(":") ? "shrink-0" : "max-w-[45%] min-w-8 shrink-[30]")}
              title={missingVariables.length > 0 ? `needs ${missingVariables.join(", ")}` : (preview.server?.message ?? upstream ?? undefined)}
            >
              {state.text}
            </span>
          )}
        </span>
        {two ? <Second preview={preview} /> : null}
      </div>
      <span className={classes("absolute right-1 flex items-center gap-px", two ? "top-[3px]" : "top-[4px]")}>
        <span className={classes("flex items-center gap-px", menuOpen ? "" : "hidden group-hover/row:flex")}>
          {hasLog(preview) ? <IconButton label={`Open the log of ${name}`} tabIndex={-1} className="size-5" onClick={() => showLog(name)}><LogIcon size={13} /></IconButton> : null}
          {canStart(preview) ? <IconButton label={`Start ${name}`} tabIndex={-1} className="size-5" onClick={() => { onStart(); void startServer(name); }}><PlayIcon size={13} /></IconButton> : null}
          {canStop(preview) ? <IconButton label={`Stop ${name}`} tabIndex={-1} className="size-5" onClick={() => void stopServer(name)}><StopIcon size={13} /></IconButton> : null}
          <PreviewMenu preview={preview} chosen={chosen} open={menuOpen} onOpenChange={onMenu} onToggle={onToggle} />
        </span>
        {readOnly ? (
          <IconButton
            label={unlocked ? `${name} is unlocked: lock it again` : `${name} is read-only: unlock it…`}
            className={classes("size-5", unlocked && "text-warn")}
            onClick={() => (unlocked ? void setUnlocked(name, false).catch(showError) : openDialog({ kind: "unlock", preview: name }))}
          >
            {unlocked ? <UnlockIcon size={13} /> : <LockIcon size={13} />}
          </IconButton>
        ) : null}
      </span>
    </div>
  );
}

const older = ({ commit, created }: NonNullable<Deployment["serving"]>) =>
  ["What is shown was deployed before", commit && `${commit.subject} (${commit.id})`, created && new Date(created).toLocaleString()].filter(Boolean).join("\n");

/** The second line: why it does not run or what else should be known of its server, else what it was built from; and how its branch stands. */
function Second({ preview }: { preview: Preview }) {
  const { commit, server, checkout, deployment } = preview;
  const distance = distanceOf(preview);
  const dirt = dirtOf(preview);
  // where it is short of room, what it does comes first: the name stands in the address bar
  const inAddresses = server?.adopted || checkout?.workingCopy ? null : addressName(preview);
  const broken = markOf(preview).tone === "bad";
  const told = (broken ? markOf(preview).label : remarkOf(preview))?.replaceAll("`", "") ?? null;
  const text = told ?? commit?.subject ?? deployment?.url.replace(/^https?:\/\//, "") ?? "";
  const built = commit ? `${commit.subject}\n${[commit.id, commit.author].filter(Boolean).join(", ")}` : text;
  return (
    <span className="flex min-w-0 items-baseline gap-1.5 overflow-hidden pr-1.5 pl-[19px] text-cap leading-[15px] text-third">
      {checkout?.workingCopy ? <span className="shrink-0 text-second" title={`The working copy: ${checkout.folder}`}>working copy</span> : null}
      {deployment?.serving ? <span className="shrink-0 text-second" title={older(deployment.serving)}>older one answers</span> : null}
      {deployment?.production ? <span className="shrink-0 text-second">production</span> : null}
      <span className={classes("min-w-[6ch] flex-1 truncate", broken ? "text-bad" : told !== null && "text-warn")} title={broken ? text : told === null ? built : `${told}\n${built}`}>{text}</span>
      {server?.adopted ? <span className="max-w-[45%] min-w-0 shrink truncate text-second" title={server.message ?? undefined}>{serverWords(server)}</span> : null}
      {inAddresses ? <span className="wire flex max-w-[42%] shrink-0 !text-cap !leading-[15px]" title={`${inAddresses} in addresses`}><MiddleEllipsis text={inAddresses} tail={7} /></span> : null}
      {distance ? <span className="wire shrink-0 !text-cap !leading-[15px]" title={distance.label}>{distance.text}</span> : null}
      {dirt ? <span className="wire shrink-0 !text-cap !leading-[15px] text-second" title={dirt.label}>{dirt.text}</span> : null}
    </span>
  );
}
