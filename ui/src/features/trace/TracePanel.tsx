import { Tabs } from "radix-ui";
import { DiagnosticsPanel } from "../diagnostics/DiagnosticsPanel";
import { LogPanel } from "../log/LogPanel";
import { TraceBar } from "./TraceBar";
import { TraceSplit } from "./TraceSplit";
import { showTab, useView, type Tab } from "./view";

/** The bottom panel: the trace with the chosen exchange's route, what was found to be wrong, and what dev servers print. */
export function TracePanel() {
  const tab = useView((view) => view.tab);
  return (
    <Tabs.Root value={tab} onValueChange={(value) => showTab(value as Tab)} activationMode="manual" className="flex h-full min-h-0 flex-col bg-panel">
      <TraceBar />
      <Tabs.Content value="trace" tabIndex={-1} className="min-h-0 flex-1 outline-none">
        <TraceSplit />
      </Tabs.Content>
      <Tabs.Content value="diagnostics" tabIndex={-1} className="min-h-0 flex-1 outline-none">
        <DiagnosticsPanel />
      </Tabs.Content>
      <Tabs.Content value="log" tabIndex={-1} className="min-h-0 flex-1 outline-none">
        <LogPanel />
      </Tabs.Content>
    </Tabs.Root>
  );
}
