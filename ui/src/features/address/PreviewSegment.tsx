import { useCallback } from "react";
import { classes, MiddleEllipsis, Picker, type PickerItem } from "@/components";
import type { Preview } from "@/api/types";
import { serverWords } from "@/state/serving";
import { picked } from "@/state/selection";
import { openDialog, select, useStore } from "@/state/store";
import { PreviewDot } from "@/features/side/PreviewDot";
import { upstreamShort } from "@/features/side/upstream";

const detailOf = (preview: Preview): string =>
  preview.branch !== null && preview.branch !== preview.name ? preview.branch
    : preview.upstream !== null ? upstreamShort(preview.upstream)
      : preview.server ? serverWords(preview.server) : "";

/** The preview's piece of the address. */
export function PreviewSegment({ previews }: { previews: readonly string[] }) {
  const all = useStore((state) => state.workspace?.previews);
  const chosen = useStore((state) => state.selection.previews);
  const items = useCallback(
    (): PickerItem[] =>
      (all ?? []).map((preview) => ({
        id: preview.name, label: preview.name, detail: detailOf(preview),
        chosen: chosen.includes(preview.name), before: () => <PreviewDot preview={preview} />,
      })),
    [all, chosen],
  );
  const label = previews.length > 1 ? `{${previews.length} previews}` : (previews[0] ?? "no preview");
  return (
    <Picker
      label="Choose a preview"
      width={380}
      items={items}
      onPick={(id, add) => {
        const next = picked([], chosen, id, add ? "toggle" : "alone", null);
        if (next.length > 0) select({ previews: next });
      }}
      footer={(close) => (
        <button type="button" className="w-full rounded-[6px] px-2 py-1 text-left text-cap text-third hover:bg-raised hover:text-text" onClick={() => { close(); openDialog({ kind: "preview", name: null }); }}>
          Add a preview
        </button>
      )}
      trigger={
        <button type="button" aria-label={`Preview: ${label}`} title={label} className={classes("flex rounded-[5px] bg-text/7 px-1.5 py-0.5 font-semibold text-text", label.length > 14 ? "min-w-20 shrink" : "shrink-0")}>
          <MiddleEllipsis text={label} tail={8} />
        </button>
      }
    />
  );
}
