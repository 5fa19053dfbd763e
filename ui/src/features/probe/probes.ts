import { create } from "zustand";
import type { Probing } from "@/api/client";
import type { ProbeReport } from "@/api/types";
import { api, messageOf } from "@/state/operations";
import { partsNow } from "@/state/parts";
import { useStore } from "@/state/store";

/** How far the question is which `Host` a preview's app understands. */
export type Probe =
  | { stage: "asking"; since: number; asked: Probing; abort: AbortController }
  | { stage: "answered"; report: ProbeReport }
  | { stage: "failed"; message: string; asked: Probing };

/** `offered`: it was added in this window, and nobody has asked yet. `asked`: that was done by itself. */
type Offer = "offered" | "asked";

/** By preview, and its workspace's file: another workspace may have one of the same name. */
export const useProbes = create<{ probes: Readonly<Record<string, Probe>>; offers: Readonly<Record<string, Offer>> }>()(() => ({ probes: {}, offers: {} }));

export const probeKey = (preview: string, file = useStore.getState().workspace?.origin.file ?? "") => `${file}\n${preview}`;

const without = <T,>(all: Readonly<Record<string, T>>, key: string): Record<string, T> => {
  const { [key]: _, ...rest } = all;
  return rest;
};
const put = (key: string, probe: Probe) => useProbes.setState(({ probes }) => ({ probes: { ...probes, [key]: probe } }));

/** Asks the app. A question that is under way ends for the new one. */
export async function ask(preview: string, asked: Probing = {}): Promise<void> {
  const key = probeKey(preview);
  cancel(preview);
  const abort = new AbortController();
  put(key, { stage: "asking", since: Date.now(), asked, abort });
  try {
    const report = await api().probe(preview, { parts: partsNow(), ...asked }, abort.signal);
    if (!abort.signal.aborted) put(key, { stage: "answered", report });
  } catch (error) {
    if (!abort.signal.aborted) put(key, { stage: "failed", message: messageOf(error), asked });
  }
}

/** Ends a question that is under way: the engine sends the app nothing more. */
export function cancel(preview: string): void {
  const key = probeKey(preview);
  const probe = useProbes.getState().probes[key];
  if (probe?.stage !== "asking") return;
  probe.abort.abort();
  useProbes.setState(({ probes }) => ({ probes: without(probes, key) }));
}

/** What was found holds no longer. */
export function forget(preview: string): void {
  cancel(preview);
  useProbes.setState(({ probes }) => ({ probes: without(probes, probeKey(preview)) }));
}

/** This window has just added it: its pane offers to find out, and where it can, that is done at once. */
export function offer(preview: string): void {
  useProbes.setState(({ offers }) => ({ offers: { ...offers, [probeKey(preview)]: "offered" } }));
}

export const dismissOffer = (preview: string) => useProbes.setState(({ offers }) => ({ offers: without(offers, probeKey(preview)) }));

/** Asks by itself, once: for what was added here, as soon as there is a tenant to ask as. */
export function askForAdded(): void {
  const { workspace } = useStore.getState();
  if (!workspace || workspace.tenants.length === 0) return;
  for (const { name, upstream, host } of workspace.previews) {
    if (useProbes.getState().offers[probeKey(name)] !== "offered" || upstream === null || host !== null) continue;
    useProbes.setState(({ offers }) => ({ offers: { ...offers, [probeKey(name)]: "asked" } }));
    void ask(name);
  }
}

export const useProbe = (preview: string): Probe | null => {
  const file = useStore((state) => state.workspace?.origin.file ?? "");
  return useProbes(({ probes }) => probes[probeKey(preview, file)] ?? null);
};

/** What the line in a preview's pane is about; `null` where there is none. */
export const useOffer = (preview: string): Offer | null => {
  const file = useStore((state) => state.workspace?.origin.file ?? "");
  return useProbes(({ offers }) => offers[probeKey(preview, file)] ?? null);
};
