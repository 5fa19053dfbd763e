import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { TooltipRoom } from "@/components";
import { useShortcuts, windowCommands } from "@/features/palette/useShortcuts";
import { Panes } from "@/features/panes/Panes";
import { Side } from "@/features/side/Side";
import { TracePanel } from "@/features/trace/TracePanel";
import { NoToken } from "@/features/welcome/NoToken";
import { Welcome } from "@/features/welcome/Welcome";
import { ConnectionBanner } from "@/features/window/ConnectionBanner";
import { Dialogs } from "@/features/window/Dialogs";
import { Header } from "@/features/window/Header";
import { Toasts } from "@/features/window/Toasts";
import { useDismissOnPane } from "@/features/window/useDismissOnPane";
import { ProblemsBanner } from "@/features/workspace/Problems";
import { useCommands } from "@/state/commands";
import { useStore } from "@/state/store";

export function App() {
  return (
    <TooltipRoom>
      <Screen />
      <Toasts />
    </TooltipRoom>
  );
}

function Screen() {
  const connection = useStore((state) => state.connection);
  if (connection.kind === "no-token") return <NoToken refused={null} />;
  if (connection.kind === "refused" && connection.error.status === 401) return <NoToken refused={connection.error.message} />;
  return <Window />;
}

/** The window: header, then the first minute or the work. */
function Window() {
  useShortcuts();
  useDismissOnPane();
  useCommands(windowCommands);
  const known = useStore((state) => state.workspace !== null);
  const empty = useStore((state) => state.workspace?.origin.kind === "draft" && state.workspace.previews.length === 0 && state.workspace.tenants.length === 0);
  return (
    <div className="flex h-full flex-col">
      <Header />
      <ConnectionBanner />
      <ProblemsBanner />
      <div className="min-h-0 flex-1">{!known ? <Waiting /> : empty ? <Welcome /> : <Work />}</div>
      <Dialogs />
    </div>
  );
}

function Waiting() {
  return <p role="status" className="flex h-full items-center justify-center text-third">Waiting for the engine…</p>;
}

const handle = "relative bg-line outline-none transition-colors duration-100 hover:bg-line-strong focus-visible:bg-(--td-focus) data-[separator=active]:bg-(--td-third)";

/** Tenants and previews on the left, panes in the centre, the trace at the bottom. */
function Work() {
  const columns = useDefaultLayout({ id: "tripledash.columns", storage: localStorage });
  const rows = useDefaultLayout({ id: "tripledash.rows", storage: localStorage });
  return (
    <Group className="h-full" defaultLayout={columns.defaultLayout} onLayoutChanged={columns.onLayoutChanged}>
      <Panel id="side" defaultSize={236} minSize={190} maxSize={420} groupResizeBehavior="preserve-pixel-size"><Side /></Panel>
      <Separator className={`${handle} w-px`} aria-label="Width of the list" />
      <Panel id="main" minSize={360}>
        <Group orientation="vertical" defaultLayout={rows.defaultLayout} onLayoutChanged={rows.onLayoutChanged}>
          <Panel id="panes" minSize={120}><main aria-label="Panes" className="h-full"><Panes /></main></Panel>
          <Separator className={`${handle} h-px`} aria-label="Height of the trace" />
          <Panel id="trace" defaultSize="37%" minSize={37} collapsible collapsedSize={37}><section aria-label="Trace" className="h-full"><TracePanel /></section></Panel>
        </Group>
      </Panel>
    </Group>
  );
}
