import { create } from "zustand";
import type { Exchanges } from "@/state/exchanges";
import { clearExchanges } from "@/state/operations";
import { useStore } from "@/state/store";

export type Tab = "trace" | "diagnostics" | "log";

type View = {
  tab: Tab;
  /** The rows as they were when the list was paused. */
  paused: Exchanges | null;
  /** The preview whose server's log is shown. */
  log: string | null;
};

export const useView = create<View>()(() => ({ tab: "trace", paused: null, log: null }));

export const showTab = (tab: Tab) => useView.setState({ tab });
/** Shows what the server of a preview prints. */
export const showLog = (log: string) => useView.setState({ tab: "log", log });

export function togglePause(): void {
  useView.setState(({ paused }) => ({ paused: paused ? null : useStore.getState().exchanges }));
}

// Whoever sets a filter wants to see its rows; and a paused list cannot show them.
useStore.subscribe((state, before) => {
  if (state.filter !== before.filter) useView.setState({ tab: "trace", paused: null });
});

/** Forgets every exchange, those of a pause too. */
export function clear(): void {
  useView.setState({ paused: null });
  void clearExchanges();
}

/** The rows to show: those of the moment, or those of the pause. */
export function useShownExchanges(): Exchanges {
  const paused = useView((view) => view.paused);
  const current = useStore((state) => state.exchanges);
  return paused ?? current;
}
