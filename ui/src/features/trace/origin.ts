import { useStore } from "@/state/store";
import { create } from "zustand";

/** The moment that times count from: the first exchange since the trace was empty. It stays when old rows are dropped. */
const useOriginStore = create<{ at: number | null }>()(() => ({ at: null }));

export function nextOrigin(before: number | null, first: number | null): number | null {
  if (first === null) return null;
  return before === null ? first : Math.min(before, first);
}

function follow(): void {
  const { order, byId } = useStore.getState().exchanges;
  const first = order[0] === undefined ? undefined : byId.get(order[0])?.row.startedAt;
  const { at } = useOriginStore.getState();
  const next = nextOrigin(at, first === undefined ? null : Date.parse(first));
  if (next !== at) useOriginStore.setState({ at: next });
}

useStore.subscribe((state, before) => {
  if (state.exchanges.order !== before.exchanges.order) follow();
});

export const useOrigin = (): number => useOriginStore((state) => state.at ?? 0);
