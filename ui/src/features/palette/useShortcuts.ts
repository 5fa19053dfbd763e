import { useEffect } from "react";
import { allCommands, isMac, isShortcut } from "@/state/commands";
import { openDialog } from "@/state/store";

/** Where a key is text, not a command. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Keys that a text field has its own meaning for, even with Ctrl. */
const fieldKeys = new Set(["mod+z", "mod+a", "mod+c", "mod+v", "mod+x"]);

/** The window's keys. A field keeps its own: single keys and undo are commands only outside of one. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const typing = isTyping(event.target);
      const inDialog = event.target instanceof Element && event.target.closest('[role="dialog"]') !== null;
      const command = allCommands().find(({ shortcut, disabled }) => {
        if (shortcut === undefined || disabled || !isShortcut(event, shortcut, isMac)) return false;
        if (typing) return shortcut.includes("mod+") && !fieldKeys.has(shortcut);
        return !inDialog || shortcut.includes("mod+");
      });
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

export const windowCommands = [
  { id: "palette.open", group: "Window", title: "Search everything", shortcut: "mod+k", run: () => openDialog({ kind: "palette" }) },
  { id: "help.shortcuts", group: "Window", title: "Keyboard shortcuts", shortcut: "?", run: () => openDialog({ kind: "shortcuts" }) },
];
