import { useStore } from "@/state/store";
import { DiagnosticsSummary } from "./DiagnosticsSummary";
import { PreviewList } from "./PreviewList";
import { TenantList } from "./TenantList";
import { useProbeCommands } from "../probe/useProbeCommands";
import { useServerCommands } from "./useServerCommands";

/** From this many previews on, their list takes the room that the tenants leave, and the tenants no more than half. */
const MANY = 8;
/** What stands around the rows of the tenants, and under the previews, at least. Where it is more, tenants give way first. */
const AROUND = 150;
const TENANT = 30;

export function Side() {
  const many = useStore((state) => (state.workspace?.previews.length ?? 0) > MANY);
  const tenants = useStore((state) => state.workspace?.tenants.length ?? 0);
  // few previews give way to many tenants, and take the room that few tenants leave
  const most = many ? "none" : `max(45%, 100% - ${AROUND + tenants * TENANT}px)`;
  useServerCommands();
  useProbeCommands();
  return (
    <nav aria-label="Workspace" className="flex h-full flex-col bg-panel [container:side/size]">
      <TenantList className={many ? "max-h-[45%] shrink-0" : "min-h-[132px] shrink-50"} />
      <PreviewList className={many ? "min-h-[132px] shrink" : "shrink"} most={most} />
      <div className="flex-1" />
      <DiagnosticsSummary />
    </nav>
  );
}
