import { useEffect } from "react";
import { create } from "zustand";

/** Something a person can do from the palette, by a shortcut, or from the desktop shell's menu (by `id`). */
export type Command = {
  id: string;
  title: string;
  group: string;
  /** As written in `shortcut.ts`: "mod+k", "shift+?", "g t". `mod` is Ctrl, on macOS Command. */
  shortcut?: string;
  /** Why it cannot be done now; null when it can. */
  disabled?: string | null;
  run: () => void;
};

const useRegistry = create<{ sets: ReadonlyMap<symbol, readonly Command[]> }>()(() => ({ sets: new Map() }));

/** Offers these commands for as long as the component is shown. Memoise the list. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    const key = Symbol("commands");
    useRegistry.setState(({ sets }) => ({ sets: new Map(sets).set(key, commands) }));
    return () =>
      useRegistry.setState(({ sets }) => {
        const rest = new Map(sets);
        rest.delete(key);
        return { sets: rest };
      });
  }, [commands]);
}

export const allCommands = (): Command[] => [...useRegistry.getState().sets.values()].flat();

export function useAllCommands(): Command[] {
  return [...useRegistry((state) => state.sets).values()].flat();
}

/** Runs a command by id; false when there is none or it cannot be run now. */
export function runCommand(id: string): boolean {
  const command = allCommands().find((one) => one.id === id);
  if (!command || command.disabled) return false;
  command.run();
  return true;
}

type Keys = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Whether the keys pressed are this shortcut. A single character needs no shift said: `?` is `?` on every layout. */
export function isShortcut(event: Keys, shortcut: string, mac: boolean): boolean {
  const parts = shortcut.toLowerCase().split("+");
  const key = parts.pop() ?? "";
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  if (mod !== parts.includes("mod") || other || event.altKey !== parts.includes("alt")) return false;
  const printable = key.length === 1 && !/[a-z0-9]/.test(key);
  if (!printable && event.shiftKey !== parts.includes("shift")) return false;
  return event.key.toLowerCase() === key;
}

export const isMac = typeof navigator !== "undefined" && /mac/i.test(navigator.platform);

const names: Record<string, [string, string]> = {
  mod: ["Ctrl", "⌘"], shift: ["Shift", "⇧"], alt: ["Alt", "⌥"], enter: ["Enter", "↵"], escape: ["Esc", "Esc"],
  arrowup: ["↑", "↑"], arrowdown: ["↓", "↓"], arrowleft: ["←", "←"], arrowright: ["→", "→"],
};

/** The keys of a shortcut as printed on the keyboard. */
export const shortcutKeys = (shortcut: string, mac = isMac): string[] =>
  shortcut.split("+").map((part) => names[part.toLowerCase()]?.[mac ? 1 : 0] ?? part.toUpperCase());
