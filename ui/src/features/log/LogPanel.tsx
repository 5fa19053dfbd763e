import { useEffect, useMemo, type ReactNode } from "react";
import { followLog, logKey, useLog } from "@/state/log";
import { canStart, startServer } from "@/state/serving";
import { useStore } from "@/state/store";
import { Button } from "@/components";
import { titleOf } from "../side/previewState";
import { LogLines } from "./LogLines";
import { useLogQuery } from "./LogBar";
import { logRows, wordsOf } from "./rows";
import { useLogged } from "./useLogged";

/** What the dev server of one preview prints, as it does. */
export function LogPanel() {
  const { preview, name } = useLogged();
  const live = useStore((state) => state.connection.kind === "live");
  const file = useStore((state) => state.workspace?.origin.file ?? "");
  // another file is another workspace, with a log of its own
  useEffect(() => (name !== null && live ? followLog(name) : undefined), [name, live, file]);
  const { log, following, of } = useLog();
  const { query } = useLogQuery();
  const rows = useMemo(() => logRows(log, query), [log, query]);
  const words = useMemo(() => wordsOf(query), [query]);

  if (preview === null) return <Note>No preview here has a dev server of its own. One of a git source with a “dev” command has, and its log is shown here.</Note>;
  const title = titleOf(preview);
  if (name === null || of !== logKey(file, name) || log.lines.length === 0) {
    return (
      <Note action={canStart(preview) ? <Button onClick={() => void startServer(preview.name)}>Start it</Button> : null}>
        {preview.server?.adopted ? `${title} was started elsewhere: what it prints is shown there.`
          : following.kind === "failed" ? `Its log cannot be read: ${following.message}`
            : preview.server?.hasLog ? "It has printed nothing yet." : canStart(preview) ? `${title} does not run, and has printed nothing.` : "It has printed nothing yet."}
      </Note>
    );
  }
  if (rows.length === 0) return <Note action={<Button onClick={() => useLogQuery.setState({ query: "" })}>Clear the search</Button>}>No line holds “{query.trim()}”.</Note>;
  return (
    <div className="flex h-full flex-col [container-type:inline-size]">
      <div className="min-h-0 flex-1"><LogLines key={preview.name} label={`Log of ${preview.name}`} rows={rows} words={words} total={query.trim() === "" ? log.next : rows.length} /></div>
      <p className="flex h-6 shrink-0 items-center gap-2 border-t border-line px-3 text-cap text-third" aria-live="polite">
        {query.trim() === "" ? `${log.lines.length.toLocaleString("en")} lines` : `${rows.length.toLocaleString("en")} of ${log.lines.length.toLocaleString("en")} lines`}
        {following.kind === "failed" ? <span className="truncate text-warn">It cannot be followed now: {following.message}</span> : following.kind === "ended" ? <span>The server has ended.</span> : null}
      </p>
    </div>
  );
}

function Note({ children, action = null }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-2 p-4 text-center text-second">
      <p className="max-w-[420px]">{children}</p>
      {action}
    </div>
  );
}
