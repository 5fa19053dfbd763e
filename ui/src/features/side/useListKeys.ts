import { useState, type KeyboardEvent, type MouseEvent } from "react";
import { picked } from "@/state/selection";

/** Each chosen row becomes a pane; more than these at once would stop the window. */
const MOST_AT_ONCE = 24;

type Options = {
  ids: readonly string[];
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
  /** Brings the row into sight. */
  reveal: (at: number) => void;
  onEdit?: (id: string) => void;
  onMenu?: (id: string) => void;
};

/**
 * A list to choose several from. The list has the focus and one row is active: arrows move it, Enter takes it alone,
 * Space adds or drops it, Shift takes a range, Ctrl+A takes all.
 */
export function useListKeys({ ids, chosen, onChoose, reveal, onEdit, onMenu }: Options) {
  const [activeId, setActiveId] = useState<string | null>(null);
  const [anchor, setAnchor] = useState<string | null>(null);
  const active = activeId !== null && ids.includes(activeId) ? activeId : (chosen.find((id) => ids.includes(id)) ?? ids[0] ?? null);

  const choose = (id: string, how: "alone" | "toggle" | "range") => {
    onChoose(picked(ids, chosen, id, how, anchor ?? active));
    setActiveId(id);
    if (how !== "range") setAnchor(id);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // A button in the list, or in a menu that was opened from it, has keys of its own.
    if (active === null || event.target !== event.currentTarget) return;
    const at = ids.indexOf(active);
    const moved: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1, PageDown: at + 10, PageUp: at - 10 };
    const target = moved[event.key];
    if (target !== undefined) {
      const next = Math.max(0, Math.min(ids.length - 1, target));
      const id = ids[next];
      if (id === undefined) return;
      setActiveId(id);
      reveal(next);
      if (event.shiftKey) onChoose(picked(ids, chosen, id, "range", anchor ?? active));
      if (event.shiftKey && anchor === null) setAnchor(active);
    } else if (event.key === "Enter") choose(active, event.ctrlKey || event.metaKey ? "toggle" : event.shiftKey ? "range" : "alone");
    else if (event.key === " ") choose(active, "toggle");
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) onChoose(ids.slice(0, MOST_AT_ONCE));
    else if (event.key === "F2" && onEdit) onEdit(active);
    else if ((event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) && onMenu) onMenu(active);
    else return;
    event.preventDefault();
  };

  const onRowClick = (id: string) => (event: MouseEvent) =>
    choose(id, event.shiftKey ? "range" : event.ctrlKey || event.metaKey ? "toggle" : "alone");

  return { active, onKeyDown, onRowClick, toggle: (id: string) => choose(id, "toggle"), activate: setActiveId };
}
