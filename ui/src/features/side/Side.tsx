import { DiagnosticsSummary } from "./DiagnosticsSummary";
import { PreviewList } from "./PreviewList";
import { TenantList } from "./TenantList";

export function Side() {
  return (
    <nav aria-label="Workspace" className="flex h-full flex-col bg-panel [container:side/size]">
      <TenantList />
      <PreviewList />
      <div className="flex-1" />
      <DiagnosticsSummary />
    </nav>
  );
}
