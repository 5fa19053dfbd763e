import { Dialog } from "@/components";
import { Palette } from "@/features/palette/Palette";
import { ShortcutsDialog } from "@/features/palette/ShortcutsDialog";
import { YourApp } from "@/features/welcome/YourApp";
import { ProbeDialog } from "@/features/probe/ProbeDialog";
import { RulesDialog } from "@/features/rules/RulesDialog";
import { AddressesDialog } from "@/features/workspace/AddressesDialog";
import { RemovePreviewDialog, SessionDialog, UnlockDialog } from "@/features/workspace/Confirm";
import { FirstFileDialog } from "@/features/workspace/FirstFileDialog";
import { FolderDialog } from "@/features/workspace/FolderDialog";
import { OverBudgetDialog } from "@/features/workspace/OverBudgetDialog";
import { PagesDialog } from "@/features/workspace/PagesDialog";
import { PreviewDialog } from "@/features/workspace/PreviewDialog";
import { ProblemsDialog } from "@/features/workspace/Problems";
import { RemoveSourceDialog, SourceDialog } from "@/features/workspace/SourceDialog";
import { TenantDialog } from "@/features/workspace/TenantDialog";
import { TenantsFromDialog } from "@/features/workspace/TenantsFromDialog";
import { TrustDialog } from "@/features/workspace/TrustDialog";
import { VariablesDialog } from "@/features/workspace/VariablesDialog";
import { closeDialog, useStore } from "@/state/store";

/** The one dialog that is open, if any. */
export function Dialogs() {
  const dialog = useStore((state) => state.dialog);
  if (dialog === null) return null;
  switch (dialog.kind) {
    case "palette":
      return <Palette />;
    case "shortcuts":
      return <ShortcutsDialog />;
    case "open-workspace":
      return <FolderDialog kind="open" />;
    case "save-workspace":
      return <FolderDialog kind="save" />;
    case "problems":
      return <ProblemsDialog />;
    case "your-app":
      return (
        <Dialog title="Your app" description="Starts a new workspace. Nothing is written to your folders until you save." onClose={closeDialog} width={520}>
          <YourApp onDone={closeDialog} />
        </Dialog>
      );
    case "tenant":
      return <TenantDialog key={dialog.id} id={dialog.id} />;
    case "preview":
      return <PreviewDialog key={dialog.name} name={dialog.name} />;
    case "probe":
      return <ProbeDialog key={dialog.preview} preview={dialog.preview} />;
    case "first-file":
      return <FirstFileDialog key={dialog.folder} folder={dialog.folder} />;
    case "pages":
      return <PagesDialog />;
    case "over-budget":
      return <OverBudgetDialog />;
    case "rules":
      return <RulesDialog key={dialog.url} url={dialog.url} />;
    case "addresses":
      return <AddressesDialog />;
    case "variables":
      return <VariablesDialog key={dialog.preview} preview={dialog.preview} />;
    case "source":
      return <SourceDialog key={`${dialog.source} ${dialog.at}`} at={dialog.at} kind={dialog.source} />;
    case "remove-source":
      return <RemoveSourceDialog at={dialog.at} />;
    case "tenants-from":
      return <TenantsFromDialog />;
    case "session":
      return <SessionDialog tenant={dialog.tenant} />;
    case "unlock":
      return <UnlockDialog preview={dialog.preview} />;
    case "remove-preview":
      return <RemovePreviewDialog preview={dialog.preview} />;
    case "trust":
      return <TrustDialog start={dialog.start} />;
  }
}
