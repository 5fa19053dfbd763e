import { useStore } from "@/state/store";

/** The bottom panel: trace list and the chosen exchange's route line. */
export function TracePanel() {
  const visible = useStore((state) => state.exchanges.visible);
  return <p>{visible.length} exchanges</p>;
}
