import { runCommand } from "@/state/commands";
import { openFolder, showError } from "@/state/operations";
import { goTo, onShellRequest, select, showToast, useStore, type ShellRequest } from "@/state/store";

type Open = Extract<ShellRequest, { kind: "open" }>;

/** A deep link: the workspace by its name among the recent ones, then what to show in it. */
async function open({ workspace: name, tenant, preview, path }: Open): Promise<void> {
  const current = useStore.getState().workspace;
  if (name != null && current?.name !== name) {
    const known = current?.recent.find((one) => one.name === name);
    if (!known) {
      showToast({ message: `The link names the workspace “${name}”, which was not opened here before. Open its folder once, then the link works.`, tone: "bad" });
      return;
    }
    await openFolder(known.folder);
  }
  const unknown = preview != null && !useStore.getState().workspace?.previews.some((one) => one.name === preview);
  if (unknown) {
    showToast({ message: `The link names the preview “${preview}”, which this workspace does not have.`, tone: "bad" });
    return;
  }
  select({ ...(tenant == null ? {} : { tenants: [tenant] }), ...(preview == null ? {} : { previews: [preview] }) });
  if (path != null) goTo(path);
}

/** Carries out what the desktop shell's menu and deep links ask for. */
export function listenToShell(): void {
  onShellRequest((request) => {
    switch (request.kind) {
      case "open":
        void open(request).catch(showError);
        return;
      case "first-file":
        useStore.setState({ bareFolder: request.folder });
        return;
      case "command":
        runCommand(request.id);
        return;
    }
  });
}
