import { Tabs } from "radix-ui";
import { useMemo, useRef, type ReactNode } from "react";
import { Button, classes } from "@/components";
import { useCommands, type Command } from "@/state/commands";
import { setFilter, useStore } from "@/state/store";
import { LogBar } from "../log/LogBar";
import { FilterBox } from "./FilterBox";
import { CHIPS, hasTerm, toggleTerm } from "./filterTerms";
import { clear, showTab, togglePause, useView } from "./view";

/** Tabs of the bottom panel, and for the trace its filter and what can be done with all of it. */
export function TraceBar() {
  const tab = useView((view) => view.tab);
  const paused = useView((view) => view.paused);
  const filter = useStore((state) => state.filter);
  const kinds = useStore((state) => state.exchanges.diagnostics.length);
  const pressing = useStore((state) => state.exchanges.diagnostics.some(({ severity }) => severity !== "info"));
  const servers = useStore((state) => state.workspace?.previews.some(({ server }) => server !== null) ?? false) || tab === "log";
  const input = useRef<HTMLInputElement>(null);
  useTraceCommands(input);
  return (
    <div className="@container shrink-0 border-b border-line bg-panel">
      <div className="flex h-[38px] items-center gap-1.5 px-2">
        <Tabs.List aria-label="Bottom panel" className="flex shrink-0 items-center gap-0.5">
          <Tab value="trace">Trace</Tab>
          <Tab value="diagnostics">
            Diagnostics
            {kinds > 0 ? <span className={classes("wire", pressing ? "text-warn" : "text-third")}>{kinds}</span> : null}
          </Tab>
          {servers ? <Tab value="log">Log</Tab> : null}
        </Tabs.List>
        {tab === "log" ? <LogBar /> : null}
        {tab === "trace" ? (
          <>
            <FilterBox inputRef={input} />
            <div className="flex shrink-0 items-center gap-0.5 @max-[900px]:hidden" role="group" aria-label="Quick filters">
              {CHIPS.map(({ label, term, title }) => {
                const on = hasTerm(filter, term);
                return (
                  <button
                    key={term}
                    type="button"
                    aria-pressed={on}
                    title={`${title} (${term})`}
                    className={classes("h-6 rounded-[6px] px-2 text-cap hover:text-text", on ? "bg-raised text-text" : "text-third")}
                    onClick={() => setFilter(toggleTerm(filter, term))}
                  >
                    {label}
                  </button>
                );
              })}
            </div>
            <span className="h-4 w-px shrink-0 bg-line" aria-hidden />
            <Button look="quiet" className="px-2" aria-pressed={paused !== null} onClick={togglePause}>{paused ? "Resume" : "Pause"}</Button>
            <Button look="quiet" className="px-2" onClick={clear}>Clear</Button>
          </>
        ) : null}
      </div>
    </div>
  );
}

function Tab({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Tabs.Trigger
      value={value}
      className="inline-flex h-7 items-center gap-1.5 rounded-control px-2.5 text-second hover:text-text data-[state=active]:bg-raised data-[state=active]:font-name data-[state=active]:text-text"
    >
      {children}
    </Tabs.Trigger>
  );
}

function useTraceCommands(input: React.RefObject<HTMLInputElement | null>): void {
  const paused = useView((view) => view.paused !== null);
  const commands = useMemo<Command[]>(() => {
    const group = "Trace";
    return [
      {
        id: "trace.filter", title: "Filter the trace", group, shortcut: "mod+shift+f",
        run: () => {
          showTab("trace");
          requestAnimationFrame(() => input.current?.select());
        },
      },
      { id: "trace.pause", title: paused ? "Resume the trace" : "Pause the trace", group, run: togglePause },
      { id: "trace.clear", title: "Clear the trace", group, run: clear },
      { id: "trace.issues", title: "Show exchanges with issues", group, run: () => setFilter("is:diagnosed") },
      { id: "diagnostics.show", title: "Show diagnostics", group, run: () => showTab("diagnostics") },
    ];
  }, [paused, input]);
  useCommands(commands);
}
