import { openDialog } from "@/state/store";
import type { Bar } from "@/features/panes/PaneBar";
import { dismissOffer, useOffer, useProbe } from "./probes";
import { foundInShort } from "./report";

/** One line in the panes of a preview that was just added, until somebody has seen it; none where all is well. */
export function useProbeLine(preview: string): Bar | null {
  const offer = useOffer(preview);
  const probe = useProbe(preview);
  if (offer === null) return null;
  const show = { label: "Show", run: () => openDialog({ kind: "probe", preview }) };
  const onDismiss = () => dismissOffer(preview);
  if (probe?.stage === "asking") return { tone: "plain", text: "Finding out which Host the app understands…", action: show, onDismiss };
  const found = probe?.stage === "answered" ? foundInShort(probe.report) : undefined;
  if (found === null) return null;
  if (found !== undefined) return { tone: "plain", text: found, action: { ...show, label: "Show…" }, onDismiss };
  return { tone: "plain", text: "Find out which Host the app understands", action: { ...show, label: "Find out…" }, onDismiss };
}
