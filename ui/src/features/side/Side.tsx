import { classes } from "@/components";
import { useStore } from "@/state/store";
import { DiagnosticsSummary } from "./DiagnosticsSummary";
import { PreviewList } from "./PreviewList";
import { TenantList } from "./TenantList";
import { useProbeCommands } from "../probe/useProbeCommands";
import { useServerCommands } from "./useServerCommands";

/** From this many previews on, their list takes the room that the tenants leave, and the tenants no more than half. */
const MANY = 8;

export function Side() {
  const many = useStore((state) => (state.workspace?.previews.length ?? 0) > MANY);
  useServerCommands();
  useProbeCommands();
  return (
    <nav aria-label="Workspace" className="flex h-full flex-col bg-panel [container:side/size]">
      <TenantList className={many ? "max-h-[45%] shrink-0" : "min-h-[132px] shrink"} />
      <PreviewList className={classes(many ? "min-h-[132px] shrink" : "max-h-[45%] shrink-0")} />
      <div className="flex-1" />
      <DiagnosticsSummary />
    </nav>
  );
}
