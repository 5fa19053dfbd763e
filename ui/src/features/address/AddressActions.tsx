import { useMemo } from "react";
import { Button } from "@/components";
import { CopyIcon, OpenIcon, ShareIcon } from "@/components/icons";
import { useCommands, type Command } from "@/state/commands";
import { copyText, openInBrowser } from "@/state/operations";
import { sentence } from "@/state/words";
import type { Built } from "./AddressBar";

const listed = (urls: readonly string[], one: string) => (urls.length === 1 ? one : `${urls.length} addresses`);

/** Copy here, copy for a teammate, open in the system's browser. One address or all of the shown ones. */
export function AddressActions({ built }: { built: readonly Built[] }) {
  const local = built.flatMap(({ address }) => (address?.url ? [address.url] : []));
  const remote = built.flatMap(({ address }) => (address?.remoteUrl ? [address.remoteUrl] : []));
  const noLocal = local.length > 0 ? null : "No address can be built; the budget says why";
  const noRemote = remote.length > 0 ? null : sentence(built.find(({ address }) => address?.remoteReason)?.address?.remoteReason ?? "There is no address that a teammate could open");
  const first = local[0];
  const localText = local.join("\n");
  const remoteText = remote.join("\n");

  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "address.copy", group: "Address", title: "Copy the address", shortcut: "mod+shift+c", disabled: noLocal, run: () => void copyText(localText, "the address") },
        { id: "address.copy-remote", group: "Address", title: "Copy the address for a teammate", disabled: noRemote, run: () => void copyText(remoteText, "the remote address") },
        { id: "address.open", group: "Address", title: "Open in the browser", shortcut: "mod+shift+o", disabled: noLocal, run: () => first && void openInBrowser(first) },
      ],
      [localText, remoteText, noLocal, noRemote, first],
    ),
  );

  return (
    <div className="flex shrink-0 items-center">
      <Button look="quiet" className="h-6 px-2" disabledReason={noLocal} aria-label="Copy" title="Copy the address" onClick={() => void copyText(localText, listed(local, "the address"))}>
        <span className="@3xl:hidden"><CopyIcon size={13} /></span><span className="hidden @3xl:inline">Copy</span>
      </Button>
      <Button look="quiet" className="h-6 px-2" disabledReason={noRemote} aria-label="Remote" title="Copy the address that a teammate can open" onClick={() => void copyText(remoteText, listed(remote, "the remote address"))}>
        <span className="@3xl:hidden"><ShareIcon size={13} /></span><span className="hidden @3xl:inline">Remote</span>
      </Button>
      <Button
        look="quiet" className="h-6 px-2" disabledReason={noLocal} aria-label="Open in the browser"
        title={local.length > 1 ? "Opens the first of the shown addresses in the browser" : "Open in the browser"}
        onClick={() => first && void openInBrowser(first)}
      >
        <span className="hidden @3xl:inline">Open</span><OpenIcon size={13} />
      </Button>
    </div>
  );
}
