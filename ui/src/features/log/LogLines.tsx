import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useLayoutEffect, useRef, useState } from "react";
import { classes } from "@/components";
import { marked, type LogRow } from "./rows";
import { count } from "../trace/format";

const ROW = 19;
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const timeOf = (at: string): string => {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? "" : clock.format(time);
};

/** The lines, oldest first. The newest stays in sight for as long as the person has not scrolled away from it. */
export function LogLines({ label, rows, words, total }: { label: string; rows: readonly LogRow[]; words: readonly string[]; total: number }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  /** How many lines there were when the list stopped following. */
  const [left, setLeft] = useState(0);
  const pinned = useRef(0);
  const virtual = useVirtualizer({
    count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 20, useFlushSync: false,
  });

  // The newest line stays in sight; where the person looks elsewhere, what they look at stays where it is, also when the
  // oldest lines are let go.
  const anchor = useRef<{ key: string; at: number } | null>(null);
  const height = virtual.scrollRect?.height; // a banner that comes over the window takes some of it
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (following) {
      // a scroll whose event has not come yet counts already
      if (element.scrollTop < pinned.current - ROW) return;
      element.scrollTop = element.scrollHeight;
      pinned.current = element.scrollTop;
    } else {
      const { key, at } = anchor.current ?? {};
      if (key === undefined || at === undefined || rows[at]?.key === key) return;
      const now = rows.findIndex((row) => row.key === key);
      element.scrollTop = now < 0 ? 0 : element.scrollTop + (now - at) * ROW;
      const top = Math.floor(element.scrollTop / ROW);
      anchor.current = { key: rows[top]?.key ?? key, at: top };
    }
    // told at once: else the next frame would show the place with no lines in it
    element.dispatchEvent(new Event("scroll"));
  }, [rows, following, height]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.clientHeight - element.scrollTop <= ROW;
    const top = Math.floor(element.scrollTop / ROW);
    const row = rows[top];
    anchor.current = row ? { key: row.key, at: top } : null;
    if (atEnd) pinned.current = element.scrollTop;
    if (atEnd === following) return;
    setFollowing(atEnd);
    setLeft(total);
  };
  const toEnd = () => {
    pinned.current = 0;
    setFollowing(true);
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  };

  return (
    <div className="relative h-full">
      <div
        ref={scroller} role="log" aria-label={label} aria-live="off" tabIndex={0} onScroll={onScroll}
        className="wire h-full overflow-auto overscroll-contain outline-offset-[-2px] select-text [overflow-anchor:none]"
        onKeyDown={(event) => {
          if (event.key !== "End" || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          toEnd();
        }}
      >
        <div className="relative min-w-full py-0" style={{ height: virtual.getTotalSize() + 6 }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return row ? (
              <div key={row.key} className="absolute left-0 w-max min-w-full" style={{ top: start + 3, height: ROW }}>
                <One row={row} words={words} />
              </div>
            ) : null;
          })}
        </div>
      </div>
      {following ? null : (
        <button
          type="button" onClick={toEnd}
          className="rise absolute bottom-3 left-1/2 h-6 -translate-x-1/2 rounded-full border border-line-strong bg-raised px-3 text-cap shadow-float hover:border-third"
        >
          {total > left ? `${count(total - left, "new line")} ↓` : "Jump to the end ↓"}
        </button>
      )}
    </div>
  );
}

const One = memo(function One({ row, words }: { row: LogRow; words: readonly string[] }) {
  if (row.kind === "missed") return <p className="px-3 font-sans text-cap text-third">{count(row.count, "earlier line")} not kept</p>;
  if (row.kind === "phase") {
    return (
      <p className="sticky left-0 flex w-[min(100%,100cqw)] items-center gap-2.5 px-3 font-sans text-cap font-name text-second">
        {row.setup ? "Setup" : "Dev server"}<span className="h-px flex-1 bg-line" aria-hidden />
      </p>
    );
  }
  const { line, text } = row;
  const remark = line.stream === "remark";
  const command = remark && text.startsWith("$ ");
  return (
    <p className={classes("flex h-full w-max min-w-full gap-3 pr-3 pl-3 leading-[19px]", line.stream === "error" && "bg-bad/8")} data-stream={line.stream}>
      <time dateTime={line.at} className="shrink-0 text-third select-none">{timeOf(line.at)}</time>
      <span className={classes("whitespace-pre", command ? "font-medium text-text" : remark ? "font-sans text-second italic" : line.setup ? "text-second" : "text-text")}>
        {remark && !command ? <span className="pr-1.5 text-third not-italic select-none" aria-hidden>---</span> : line.stream === "error" ? <span className="sr-only">error: </span> : null}
        {words.length === 0 ? text : marked(text, words).map((piece, at) => (piece.on ? <mark key={at} className="rounded-[2px] bg-text/20 text-inherit">{piece.text}</mark> : piece.text))}
      </span>
    </p>
  );
});
