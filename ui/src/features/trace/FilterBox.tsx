import { useEffect, useId, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { classes } from "@/components";
import { CloseIcon } from "@/components/icons";
import { setFilter, useStore } from "@/state/store";
import { around } from "./filterTerms";

const PAUSE_MS = 220;

type Wrong = { message: string; column: number | null };

/**
 * The trace's filter. What is typed is first tried on the engine, and the stream gets it only when the engine understands it,
 * so that a half-typed term never stops the rows.
 */
export function FilterBox({ inputRef }: { inputRef: React.RefObject<HTMLInputElement | null> }) {
  const filter = useStore((state) => state.filter);
  const refused = useStore((state) => state.filterError);
  const [typed, setTyped] = useState(filter);
  const [given, setGiven] = useState(filter);
  const [wrong, setWrong] = useState<Wrong | null>(null);
  const attempt = useRef(0);
  const id = useId();

  if (given !== filter) {
    setGiven(filter);
    setTyped(filter);
    setWrong(null);
  }

  useEffect(() => {
    if (typed.trim() === filter.trim()) return;
    const timer = setTimeout(() => {
      attempt.current += 1;
      void tryFilter(typed.trim(), attempt, setWrong);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, filter]);

  const problem = wrong ?? (typed === filter ? refused : null);
  return (
    <div className="relative flex min-w-0 flex-1 items-center">
      <input
        ref={inputRef}
        type="text"
        role="searchbox"
        aria-label="Filter the trace"
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? id : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder="tenant:acme  status:>=400  kind:rsc  -kind:hmr  /path"
        className={classes(
          "wire h-7 w-full min-w-0 rounded-control border bg-bg pr-7 pl-2.5 text-text hover:border-line-strong",
          problem ? "border-bad" : "border-line",
        )}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setWrong(null);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            attempt.current += 1;
            void tryFilter(typed.trim(), attempt, setWrong);
          } else if (event.key === "Escape" && typed !== "") {
            event.stopPropagation();
            clear();
          }
        }}
      />
      {typed === "" ? null : (
        <button type="button" aria-label="Clear the filter" title="Clear the filter" className="absolute right-1 inline-flex size-5 items-center justify-center rounded-[5px] text-third hover:bg-raised hover:text-text" onClick={clear}>
          <CloseIcon size={12} />
        </button>
      )}
      {problem ? <Problem id={id} filter={typed} {...problem} /> : null}
    </div>
  );

  function clear() {
    attempt.current += 1;
    setTyped("");
    setWrong(null);
    setFilter("");
  }
}

async function tryFilter(text: string, attempt: React.RefObject<number>, setWrong: (wrong: Wrong | null) => void): Promise<void> {
  const mine = attempt.current;
  const { api } = useStore.getState();
  try {
    if (text !== "") await api?.exchanges(text, 1);
  } catch (error) {
    if (mine !== attempt.current) return;
    if (error instanceof ApiError && error.code === "bad-filter") {
      const column = error.body["column"];
      setWrong({ message: error.message, column: typeof column === "number" ? column : null });
    }
    return;
  }
  if (mine === attempt.current) setFilter(text);
}

function Problem({ id, filter, message, column }: { id: string; filter: string } & Wrong) {
  const place = column === null ? null : around(filter, column);
  return (
    <div id={id} role="alert" className="rise absolute top-[calc(100%+5px)] left-0 z-30 max-w-full rounded-control border border-line bg-panel px-2.5 py-1.5 text-cap shadow-float">
      {place && place.wrong !== "" ? (
        <p className="wire truncate text-third" aria-hidden>
          {place.before}
          <span className="text-bad underline decoration-wavy decoration-1 underline-offset-3">{place.wrong}</span>
          {place.after}
        </p>
      ) : null}
      <p className="text-bad">{message}</p>
    </div>
  );
}
