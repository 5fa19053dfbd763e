import { useState } from "react";
import { Button, classes, IconButton, Menu, MenuItem, MenuLine, Said } from "@/components";
import { MoreIcon, ReloadIcon } from "@/components/icons";
import type { Source, SourceStatus } from "@/api/types";
import { since, useNow } from "@/state/clock";
import { refreshSources } from "@/state/serving";
import { openDialog } from "@/state/store";
import { sentence } from "@/state/words";

const statusWords: Record<SourceStatus, { text: string; className: string; title: string } | null> = {
  reading: { text: "reading…", className: "text-third", title: "It is looked into, and has not answered yet" },
  good: null,
  stale: { text: "not current", className: "text-warn", title: "It cannot be asked now; what it said before is shown" },
  failed: { text: "failed", className: "text-bad", title: "It cannot be asked, and said nothing before" },
  untrusted: { text: "not trusted", className: "text-warn", title: "It would run a command, or send what is yours elsewhere, and the folder is not trusted" },
};

/** Said of a source whose answer is not good; nothing where all is well. One that cannot be asked now is as old as what it shows. */
export function SourceState({ status, readAt }: Pick<Source, "status" | "readAt">) {
  const now = useNow();
  const words = statusWords[status];
  if (words === null) return null;
  const age = status === "stale" ? since(readAt, now) : "";
  return (
    <span className={classes("shrink-0 text-cap", words.className)} title={words.title}>
      <span role="status" className={age === "" ? undefined : "sr-only"}>{words.text}</span>
      {age === "" ? null : <time dateTime={readAt ?? undefined} aria-label={`read ${age}`}>{age}</time>}
    </span>
  );
}

/** At least this long it is seen that something was asked: an answer may take no time at all. */
const SEEN_MS = 600;

/** Asks every source anew. */
export function RefreshButton({ label, className }: { label: string; className?: string }) {
  const [busy, setBusy] = useState(false);
  const refresh = () => {
    setBusy(true);
    void Promise.all([refreshSources(), new Promise((resolve) => setTimeout(resolve, SEEN_MS))]).finally(() => setBusy(false));
  };
  return (
    <IconButton label={label} className={classes("size-5", className)} aria-busy={busy} onClick={() => (busy ? undefined : refresh())}>
      <span className={classes("flex", busy && "animate-spin")}><ReloadIcon size={12} /></span>
    </IconButton>
  );
}

const names = { git: "Branches", vercel: "Deployments", template: "By address" };
const of = ({ kind, text }: Source): string => (kind === "git" && text === "." ? "" : text.replace(/^https?:\/\//, ""));

/** The head of one source's previews. */
export function SourceHead({ source, count }: { source: Source; count: number }) {
  const name = names[source.kind];
  const text = of(source);
  return (
    <div className="group/head flex h-full items-center gap-1.5 pt-1 pr-1 pl-2.5 text-cap">
      <h3 className="shrink-0 font-name text-second" title={source.head === null ? undefined : `${source.head} is checked out`}>{name}</h3>
      {text === "" ? null : <span className="wire min-w-0 truncate !text-cap text-third" title={source.text}>{text}</span>}
      <span className="flex-1" />
      {source.status === "good" ? <span className="shrink-0 text-third" aria-label={`${count} more`}>{count.toLocaleString("en")}</span> : <SourceState {...source} />}
      <RefreshButton label={`Look for ${name.toLowerCase()} again`} />
      <Menu label={`Actions for ${name.toLowerCase()}`} align="end" trigger={<IconButton label={`Actions for ${name.toLowerCase()}`} className="size-5"><MoreIcon /></IconButton>}>
        <MenuItem onSelect={() => openDialog({ kind: "source", at: source.at, source: source.kind })}>Edit source…</MenuItem>
        <MenuLine />
        <MenuItem danger onSelect={() => openDialog({ kind: "remove-source", at: source.at })}>Remove source…</MenuItem>
      </Menu>
    </div>
  );
}

/** Why a source is not good, how old what it shows is, and what mends it. */
export function SourceNote({ status, message, fix, readAt }: Pick<Source, "status" | "message" | "fix" | "readAt">) {
  const now = useNow();
  const age = status === "stale" ? since(readAt, now) : "";
  return (
    <div className="flex flex-col items-start gap-1 px-2.5 pb-1.5 text-cap text-second">
      {message === null ? null : <p className="break-words"><Said text={sentence(message)} /></p>}
      {fix === null || status === "untrusted" ? null : <p className="break-words text-third"><Said text={sentence(fix)} /></p>}
      {age === "" ? null : <p>What is shown was read <time dateTime={readAt ?? undefined} title={inFull(readAt)}>{age}</time>.</p>}
      {status === "untrusted" ? <Button className="mt-0.5 h-6 px-2 text-cap" onClick={() => openDialog({ kind: "trust", start: null })}>See what it would do…</Button> : null}
    </div>
  );
}

const inFull = (at: string | null) => (at === null ? undefined : new Date(at).toLocaleString());

/** More than these are told when somebody asks: a source may have one for every branch. */
const NOTES_SHOWN = 2;

/** What should be known of a source that is good. */
export function SourceNotes({ notes }: Pick<Source, "notes">) {
  const [all, setAll] = useState(false);
  const more = notes.length - NOTES_SHOWN;
  return (
    <div className="flex flex-col items-start gap-1 px-2.5 pb-1.5 text-cap text-third">
      <ul aria-label="Notes" className="flex w-full flex-col gap-1">
        {(all ? notes : notes.slice(0, NOTES_SHOWN)).map((note) => <li key={note} className="break-words"><Said text={sentence(note)} /></li>)}
      </ul>
      {more > 0 ? <button type="button" aria-expanded={all} className="rounded-[4px] text-second hover:text-text hover:underline" onClick={() => setAll(!all)}>{all ? "Fewer" : `${more.toLocaleString("en")} more`}</button> : null}
    </div>
  );
}

export function LeftOut({ source }: { source: Source }) {
  const many = source.leftOut.toLocaleString("en");
  return (
    <p className="px-2.5 py-1.5 text-cap text-third">
      {many} older {source.kind === "vercel" ? "ones are" : source.leftOut === 1 ? "branch is" : "branches are"} left out. “branches” in <span className="wire !text-cap">previews[{source.at}]</span> says which are shown.
    </p>
  );
}
