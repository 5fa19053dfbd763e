import type { Address } from "@/api/types";
import { IconButton, Menu, MenuItem, MenuLine } from "@/components";
import { MoreIcon } from "@/components/icons";
import { copyText, openInBrowser, openWindow } from "@/state/operations";
import type { PaneSpec } from "@/state/selection";
import { focusPane, openDialog, select, useStore } from "@/state/store";
import { without } from "./closing";
import * as hub from "./hub";
import { noLive, useLive } from "./live";
import { pathUrl } from "./pathUrl";

/** Everything else that can be done with a pane. */
export function MoreMenu({ spec, name, path, address, inFocus, alone }: {
  spec: PaneSpec; name: string; path: string; address: Address | undefined; inFocus: boolean; alone: boolean;
}) {
  const { key, tenant, preview } = spec;
  const selection = useStore((state) => state.selection);
  const canGoBack = useLive((state) => (state.live[key] ?? noLive).ready && state.live[key]?.canGoBack !== false);
  const rest = without(spec, selection);
  const many = selection.previews.length > 1 && selection.tenants.length > 1;
  const withUrl = (use: (url: string) => void) => () => {
    void pathUrl(spec, path).then((url) => {
      if (url !== null) use(url);
    });
  };
  const noUrl = address?.url == null ? "This pane has no address" : null;
  return (
    <Menu label={`More for ${name}`} align="end" width={220} trigger={<IconButton label="More"><MoreIcon /></IconButton>}>
      {alone ? null : (
        <MenuItem onSelect={() => focusPane(inFocus ? null : key)}>{inFocus ? "Back to all panes" : "Focus this pane"}</MenuItem>
      )}
      <MenuItem onSelect={withUrl((url) => void openWindow(url, `${name}, ${preview}`))} disabledReason={noUrl}>Pop out into a window</MenuItem>
      <MenuItem onSelect={withUrl((url) => void openInBrowser(url))} disabledReason={noUrl}>Open in the browser</MenuItem>
      <MenuItem onSelect={withUrl((url) => void copyText(url, "the address"))} disabledReason={noUrl}>Copy the address</MenuItem>
      <MenuLine />
      <MenuItem onSelect={() => hub.reload(key, path)}>Reload</MenuItem>
      <MenuItem onSelect={() => hub.traverse(key, "back")} disabledReason={canGoBack ? null : "Nothing to go back to"}>Back</MenuItem>
      {tenant === null ? null : (
        <MenuItem onSelect={() => openDialog({ kind: "session", tenant })}>Another session of {name}…</MenuItem>
      )}
      <MenuLine />
      {many && spec.session === null ? (
        <MenuItem onSelect={() => select({ previews: selection.previews.filter((one) => one !== preview) })}>
          Close every pane of {preview}
        </MenuItem>
      ) : null}
      <MenuItem onSelect={() => rest && select(rest)} disabledReason={rest ? null : "The last pane stays"}>
        {many && spec.session === null ? `Close every pane of ${name}` : "Close"}
      </MenuItem>
    </Menu>
  );
}
