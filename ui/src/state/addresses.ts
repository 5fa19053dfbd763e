import { useEffect } from "react";
import { create } from "zustand";
import type { AddressItem } from "@/api/client";
import type { Address } from "@/api/types";
import { offerAgain } from "./parts";
import { useStore } from "./store";

type Built = { address: Address; generation: number };

/**
 * Addresses are built by the engine only: it alone knows the workspace's templates and limits. Here they are asked for in one
 * go and remembered. After a change of the workspace the last known ones are shown until the new ones are here, so that
 * nothing flickers and no pane loads twice.
 */
type Known = { generation: number; byItem: ReadonlyMap<string, Built> };

export const useKnown = create<Known>()(() => ({ generation: -1, byItem: new Map() }));

export const addressKey = ({ tenant, parts, preview, session, path }: AddressItem): string =>
  JSON.stringify([tenant, parts, preview, session ?? null, path ?? "/"]);

/** The most addresses that are remembered. Paths come and go, so that there is no end to them otherwise. */
const REMEMBERED = 2000;

let asked = new Map<string, AddressItem>();
let inFlight = new Set<string>();

/** Asks for those of the items that are not known for this state of the workspace. */
export function askFor(items: readonly AddressItem[]): void {
  const { byItem, generation } = useKnown.getState();
  for (const item of items) {
    const key = addressKey(item);
    if (byItem.get(key)?.generation !== generation && !inFlight.has(key)) asked.set(key, item);
  }
  if (asked.size > 0) queueMicrotask(() => void flush());
}

async function flush(): Promise<void> {
  const { api, workspace } = useStore.getState();
  if (!api || !workspace || asked.size === 0) return;
  const batch = [...asked];
  const mine = inFlight;
  asked = new Map();
  for (const [key] of batch) mine.add(key);
  const { generation } = workspace;
  try {
    const answers = await api.addresses(batch.map(([, item]) => item));
    const known = useKnown.getState();
    if (known.generation !== generation || mine !== inFlight) return; // the workspace moved on: built from the old one
    const byItem = new Map(known.byItem.size > REMEMBERED ? [] : known.byItem);
    batch.forEach(([key, item], at) => {
      const address = answers[at];
      if (!address) return;
      byItem.set(key, { address, generation });
      if (address.url !== null) offerAgain(item.parts);
    });
    useKnown.setState({ byItem });
  } catch {
    // The connection's state shows what is wrong; it is asked again when the engine is back.
  } finally {
    for (const [key] of batch) mine.delete(key);
  }
}

useStore.subscribe((state, before) => {
  const { workspace } = state;
  if (!workspace || workspace === before.workspace) return;
  const another = before.workspace?.origin.file !== workspace.origin.file || before.workspace.base !== workspace.base;
  const { generation, byItem } = useKnown.getState();
  if (!another && generation === workspace.generation) return;
  inFlight = new Set();
  useKnown.setState({ generation: workspace.generation, byItem: another ? new Map() : byItem });
});

/** The addresses of these items, `undefined` while the engine has not answered yet. */
export function useAddresses(items: readonly AddressItem[]): (Address | undefined)[] {
  const { generation, byItem } = useKnown();
  const wanted = items.map(addressKey).join("\n");
  const connected = useStore((state) => state.connection.kind === "live");
  useEffect(() => {
    if (connected) askFor(items);
    // `wanted` stands for `items`, whose identity changes on each render
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted, generation, connected]);
  return items.map((item) => byItem.get(addressKey(item))?.address);
}

export const useAddress = (item: AddressItem): Address | undefined => useAddresses([item])[0];
