import { useEffect } from "react";
import { create } from "zustand";
import type { AddressItem } from "@/api/client";
import type { Address } from "@/api/types";
import { useStore } from "./store";

type Known = { generation: number; byItem: ReadonlyMap<string, Address> };

/** Addresses are built by the engine only: it alone knows the workspace's templates and limits. Here they are asked for in one go and remembered. */
const useKnown = create<Known>()(() => ({ generation: -1, byItem: new Map() }));

export const addressKey = ({ tenant, preview, session, path }: AddressItem): string =>
  JSON.stringify([tenant, preview, session ?? null, path ?? "/"]);

let asked = new Map<string, AddressItem>();
let inFlight = new Set<string>();

function ask(items: readonly AddressItem[]): void {
  const { byItem } = useKnown.getState();
  for (const item of items) {
    const key = addressKey(item);
    if (!byItem.has(key) && !inFlight.has(key)) asked.set(key, item);
  }
  if (asked.size > 0) queueMicrotask(() => void flush());
}

async function flush(): Promise<void> {
  const { api, workspace } = useStore.getState();
  if (!api || !workspace || asked.size === 0) return;
  const batch = [...asked];
  asked = new Map();
  for (const [key] of batch) inFlight.add(key);
  const generation = workspace.generation;
  try {
    const answers = await api.addresses(batch.map(([, item]) => item));
    useKnown.setState((known) => {
      if (known.generation !== generation) return known; // the workspace moved on: these were built from the old one
      const byItem = new Map(known.byItem);
      batch.forEach(([key], at) => {
        const answer = answers[at];
        if (answer) byItem.set(key, answer);
      });
      return { generation, byItem };
    });
  } catch {
    // The connection's state shows what is wrong; the next render asks again.
  } finally {
    for (const [key] of batch) inFlight.delete(key);
  }
}

useStore.subscribe((state, before) => {
  if (state.workspace === before.workspace || !state.workspace) return;
  if (useKnown.getState().generation === state.workspace.generation) return;
  inFlight = new Set();
  useKnown.setState({ generation: state.workspace.generation, byItem: new Map() });
});

/** The addresses of these items, `undefined` while the engine has not answered yet. */
export function useAddresses(items: readonly AddressItem[]): (Address | undefined)[] {
  const { generation, byItem } = useKnown();
  const wanted = items.map(addressKey).join("\n");
  const connected = useStore((state) => state.connection.kind === "live");
  useEffect(() => {
    if (connected) ask(items);
    // `wanted` stands for `items`, whose identity changes on each render
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted, generation, connected]);
  return items.map((item) => byItem.get(addressKey(item)));
}

export const useAddress = (item: AddressItem): Address | undefined => useAddresses([item])[0];
