import { panesOf } from "@/state/selection";
import { useStore } from "@/state/store";

/** The panes of what is chosen. */
export function Panes() {
  const selection = useStore((state) => state.selection);
  return <ul>{panesOf(selection).map((pane) => <li key={pane.key}>{pane.key}</li>)}</ul>;
}
