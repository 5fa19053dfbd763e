import { allCommands } from "@/state/commands";

/**
 * The window's shortcuts that work while a pane has the focus, unless the app in it takes them. Only what opens or shows
 * something: an app could say that a key was pressed when none was, so nothing that changes or copies may be among them.
 */
export const PASSED_ON: readonly string[] = ["/", "mod+k", "mod+l", "mod+o", "mod+shift+f", "mod+shift+l"];

export function runPassedOn(keys: string): void {
  if (!PASSED_ON.includes(keys)) return;
  const command = allCommands().find(({ shortcut, disabled }) => shortcut === keys && !disabled);
  if (!command) return;
  window.focus();
  command.run();
}
