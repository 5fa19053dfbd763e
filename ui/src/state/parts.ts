import type { WorkspaceState } from "@/api/types";
import { useStore } from "./store";

/** The values of the prefix's parts beside the tenant, by name. */
export type Parts = Readonly<Record<string, string>>;

/** As many values of a part are offered again. */
const USED = 12;

type Prefixed = Pick<WorkspaceState, "prefix"> | null;

/** The parts beside the tenant. */
export const otherParts = (workspace: Prefixed): string[] => (workspace?.prefix ?? []).filter((name) => name !== "tenant");

/** The chosen values of the parts that this workspace has. */
const chosenParts = (workspace: Prefixed, chosen: Parts): Parts =>
  Object.fromEntries(otherParts(workspace).flatMap((name) => (chosen[name] ? [[name, chosen[name]]] : [])));

/** What the address of a tenant is asked for with. Where the prefix names a tenant and there is none, nothing stands before the preview. */
export const partsFor = (tenant: string | null, workspace: Prefixed, chosen: Parts): Parts =>
  tenant === null && workspace?.prefix.includes("tenant") ? {} : chosenParts(workspace, chosen);

/** The values that are chosen now. */
export function partsNow(): Parts {
  const { workspace, selection } = useStore.getState();
  return chosenParts(workspace, selection.parts);
}

const lastFirst = (used: readonly string[], value: string) => [value, ...used.filter((one) => one !== value)].slice(0, USED);

/** Every pane shows this value of a part from now on; `null`: none. */
export function choosePart(name: string, value: string | null): void {
  useStore.setState(({ selection }) => {
    const { [name]: _, ...others } = selection.parts;
    if (value === null) return { selection: { ...selection, parts: others } };
    const used = selection.usedParts[name] ?? [];
    const usedParts = used.includes(value) ? { ...selection.usedParts, [name]: lastFirst(used, value) } : selection.usedParts;
    return { selection: { ...selection, parts: { ...others, [name]: value }, usedParts } };
  });
}

/** An address was built with these values: they are offered the next time. One that no host can have is not. */
export function offerAgain(parts: Parts): void {
  const { selection } = useStore.getState();
  const { usedParts } = selection;
  const added = Object.entries(parts).filter(([name, value]) => !usedParts[name]?.includes(value));
  if (added.length === 0) return;
  const more = Object.fromEntries(added.map(([name, value]) => [name, lastFirst(usedParts[name] ?? [], value)]));
  useStore.setState({ selection: { ...selection, usedParts: { ...usedParts, ...more } } });
}

/** The command that opens the choice of a part. */
export const choosingPart = (name: string) => `address.part.${name}`;

/** The first part that an address waits for. */
export const usePartToChoose = (): string | null =>
  useStore(({ workspace, selection }) => otherParts(workspace).find((name) => !selection.parts[name]) ?? null);
