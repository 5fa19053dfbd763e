import { useMemo } from "react";
import { IconButton } from "@/components";
import { MoonIcon, SunIcon } from "@/components/icons";
import { useCommands, type Command } from "@/state/commands";
import { setTheme, useStore } from "@/state/store";

export function ThemeButton() {
  const theme = useStore((state) => state.theme);
  const other = theme === "dark" ? "light" : "dark";
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "theme.toggle", group: "Window", title: `Use the ${other} theme`, shortcut: "mod+shift+l", run: () => setTheme(other) },
        { id: "theme.system", group: "Window", title: "Use the system’s theme", run: () => setTheme("system") },
      ],
      [other],
    ),
  );
  return (
    <IconButton label={`Use the ${other} theme`} className="size-7" onClick={() => setTheme(other)}>
      {theme === "dark" ? <SunIcon size={15} /> : <MoonIcon size={15} />}
    </IconButton>
  );
}
