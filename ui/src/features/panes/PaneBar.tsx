import { Button, classes, IconButton } from "@/components";
import { CloseIcon } from "@/components/icons";
import { create } from "zustand";
import { useProbeLine } from "@/features/probe/useProbeLine";
import { otherParts } from "@/state/parts";
import type { PaneSpec } from "@/state/selection";
import { openDialog, useStore } from "@/state/store";
import { setUnlocked, showError } from "@/state/operations";
import { remarkOf } from "@/state/serving";
import { sentence } from "@/state/words";
import { showLog } from "../trace/view";
import * as hub from "./hub";
import { useLive } from "./live";
import { usePreview } from "./usePreview";

export type Bar = { tone: "plain" | "warn"; text: string; action: { label: string; run: () => void } | null; onDismiss?: () => void };

/** What was said of each preview's server, and dismissed. */
const useHeard = create<Readonly<Record<string, string>>>()(() => ({}));

/** One line about what is special in a pane, the most pressing first; `null` where all is as usual. */
export function useBar(spec: PaneSpec, path: string): Bar | null {
  const preview = usePreview(spec.preview);
  const elsewhere = useLive((state) => state.live[spec.key]?.elsewhere ?? null);
  const astray = useLive((state) => state.live[spec.key]?.astray ?? null);
  const base = useStore((state) => state.workspace?.base ?? "");
  const hasOtherParts = useStore(({ workspace }) => otherParts(workspace).length > 0);
  const probing = useProbeLine(spec.preview);
  const ready = useLive((state) => state.live[spec.key]?.ready ?? false);
  const remark = preview === undefined ? null : remarkOf(preview);
  const heard = useHeard((state) => state[spec.preview] ?? null);
  if (elsewhere !== null || astray !== null) {
    return {
      tone: "warn",
      text: `${leaving(spec.tenant, elsewhere, hasOtherParts)}: now at ${elsewhere?.replace(`.${base}`, "") ?? astray}`,
      action: { label: "Bring it back", run: () => void hub.steer(spec.key, path) },
    };
  }
  if (preview?.status === "down" && preview.upstream !== null && !ready) {
    return {
      tone: "warn",
      text: `Nothing answers at ${preview.upstream}. Start it, and this pane loads by itself.`,
      action: { label: "Try again", run: () => hub.reload(spec.key, path) },
    };
  }
  if (preview?.access === "read-only" && preview.unlocked) {
    return {
      tone: "warn",
      text: `Unlocked: what you do here changes ${preview.name}`,
      action: { label: "Lock", run: () => void setUnlocked(preview.name, false).catch(showError) },
    };
  }
  if (preview && remark !== null && remark !== heard && preview.upstream !== null) {
    return {
      tone: "warn",
      text: sentence(remark.replaceAll("`", "")),
      action: preview.server?.hasLog ? { label: "Open its log", run: () => showLog(preview.name) } : null,
      onDismiss: () => useHeard.setState({ [spec.preview]: remark }),
    };
  }
  if (probing !== null && preview?.upstream != null) return probing;
  if (preview?.access === "read-only") {
    return {
      tone: "plain",
      text: "Read-only: forms and saves are refused",
      action: { label: "Unlock…", run: () => openDialog({ kind: "unlock", preview: preview.name }) },
    };
  }
  return null;
}

/** Where the address names more than the tenant, the page may be at the same tenant in another language. */
function leaving(tenant: string | null, elsewhere: string | null, hasOtherParts: boolean): string {
  if (hasOtherParts || (tenant === null && elsewhere !== null)) return "The page left this address";
  return tenant === null ? "The page went to a tenant" : "The page left this tenant";
}

export function PaneBar({ tone, text, action, onDismiss }: Bar) {
  return (
    <div className="flex h-[30px] shrink-0 items-center gap-2 border-b border-line bg-raised pr-1 pl-3 text-cap" role="status">
      <span className={classes("min-w-0 flex-1 truncate", tone === "warn" ? "text-warn" : "text-second")} title={text}>{text}</span>
      {action ? <Button look="quiet" className="h-[22px] px-2 text-cap text-text hover:bg-panel" onClick={action.run}>{action.label}</Button> : null}
      {onDismiss ? <IconButton label="Dismiss" className="size-[22px]" onClick={onDismiss}><CloseIcon size={12} /></IconButton> : null}
    </div>
  );
}
