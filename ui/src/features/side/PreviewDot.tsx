import { Dot } from "@/components";
import type { Preview } from "@/api/types";

const words = { up: "answers", down: "does not answer", unknown: "not asked yet" };

/** Whether a preview's upstream answers. */
export function PreviewDot({ preview }: { preview: Preview }) {
  const { status, missingVariables } = preview;
  if (missingVariables.length > 0)
    return <Dot color="var(--td-warn)" label={`needs ${missingVariables.join(", ")}`} />;
  return (
    <Dot
      color={status === "up" ? "var(--td-ok)" : status === "down" ? "var(--td-bad)" : "var(--td-third)"}
      hollow={status !== "up"}
      label={preview.statusReason ?? words[status]}
    />
  );
}
