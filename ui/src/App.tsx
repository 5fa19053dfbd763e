import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { TooltipRoom } from "@/components";
import { Panes } from "@/features/panes/Panes";
import { TracePanel } from "@/features/trace/TracePanel";

/** The window: header, tenants and previews on the left, panes in the centre, trace at the bottom. */
export function App() {
  const columns = useDefaultLayout({ id: "tripledash.columns", storage: localStorage });
  const rows = useDefaultLayout({ id: "tripledash.rows", storage: localStorage });
  return (
    <TooltipRoom>
      <div className="flex h-full flex-col">
        <header className="flex h-[52px] shrink-0 items-center border-b border-line bg-panel" />
        <Group className="min-h-0 flex-1" defaultLayout={columns.defaultLayout} onLayoutChanged={columns.onLayoutChanged}>
          <Panel id="side" defaultSize={236} minSize={180} maxSize={420} groupResizeBehavior="preserve-pixel-size" />
          <Separator className="w-px bg-line" />
          <Panel id="main" minSize={360}>
            <Group orientation="vertical" defaultLayout={rows.defaultLayout} onLayoutChanged={rows.onLayoutChanged}>
              <Panel id="panes" minSize={120}><Panes /></Panel>
              <Separator className="h-px bg-line" />
              <Panel id="trace" defaultSize="36%" minSize={36}><TracePanel /></Panel>
            </Group>
          </Panel>
        </Group>
      </div>
    </TooltipRoom>
  );
}
