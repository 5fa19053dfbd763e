export type ThemeChoice = "system" | "dark" | "light";
export type Theme = "dark" | "light";

const KEY = "tripledash.theme";

export function keptTheme(storage: Storage): ThemeChoice {
  const kept = storage.getItem(KEY);
  return kept === "dark" || kept === "light" ? kept : "system";
}

export function keepTheme(choice: ThemeChoice, storage: Storage): void {
  storage.setItem(KEY, choice);
}

export const resolveTheme = (choice: ThemeChoice, systemIsLight: boolean): Theme =>
  choice === "system" ? (systemIsLight ? "light" : "dark") : choice;

/** The surfaces a tenant's colour may lie on as text, worst first. Must agree with styles/tokens.css. */
export const surfaces: Record<Theme, { raised: string; panel: string }> = {
  dark: { raised: "#1c1c1f", panel: "#151517" },
  light: { raised: "#f1f1ee", panel: "#ffffff" },
};
