import { classes, Dot } from "@/components";
import type { Preview } from "@/api/types";
import { markOf, type Tone } from "./previewState";

export const toneColors: Record<Tone, string> = { plain: "var(--td-third)", ok: "var(--td-ok)", warn: "var(--td-warn)", bad: "var(--td-bad)" };

/** How a preview is doing: whether its upstream answers, what its server does, how far its deployment is. */
export function PreviewDot({ preview }: { preview: Preview }) {
  const { tone, hollow, busy, label } = markOf(preview);
  return <Dot color={toneColors[tone]} hollow={hollow} label={label} className={classes(busy && "animate-pulse")} />;
}
