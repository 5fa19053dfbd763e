import { Popover } from "radix-ui";
import { useId, useMemo, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import { classes } from "./classes";
import { inputClasses } from "./Field";

export type PickerItem = { id: string; label: string; detail?: string; before?: () => ReactNode; chosen?: boolean };

const SHOWN = 60;
/** As many are seen at a glance; only longer lists put what is chosen first. */
const ALL_IN_SIGHT = 12;

/** Items, and what is searched of each: made once per opening, because 50,000 of them must answer each keystroke. */
export type Searched = { items: readonly PickerItem[]; texts: readonly string[] };

export function searched(items: readonly PickerItem[]): Searched {
  return { items, texts: items.map(({ label, id }) => `${label.toLowerCase()} ${id}`) };
}

/** The items whose label or id holds every word of the query, best first: those that start with it. */
export function search({ items, texts }: Searched, query: string): PickerItem[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && items.length <= ALL_IN_SIGHT) return [...items];
  if (words.length === 0) return [...items.filter(({ chosen }) => chosen), ...items.filter(({ chosen }) => !chosen)];
  const first = words[0] ?? "";
  const starts: PickerItem[] = [];
  const holds: PickerItem[] = [];
  items.forEach((item, at) => {
    const text = texts[at] ?? "";
    if (words.every((word) => text.includes(word))) (text.startsWith(first) || item.id.startsWith(first) ? starts : holds).push(item);
  });
  return [...starts, ...holds];
}

type Choices = {
  label: string;
  items: () => readonly PickerItem[];
  onPick: (id: string, add: boolean) => void;
  /** What is typed is a choice of its own, where it makes one: the first, since it is what was meant. */
  typed?: (query: string) => PickerItem | null;
  /** One is chosen at a time: nothing is added to it. */
  single?: boolean;
  /** What to say where there is nothing to choose from. */
  empty?: string;
};

/** A list to choose from by typing; made only when it is opened, because it may be long. Enter takes one; Ctrl+Enter or Ctrl+click adds it to what is chosen. */
export function Picker({ footer, trigger, width = 280, ...list }: Choices & {
  trigger: ReactElement; footer?: ((close: () => void) => ReactNode) | undefined; width?: number;
}) {
  const { label } = list;
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start" sideOffset={6} collisionPadding={8} aria-label={label}
          className="rise z-60 flex max-h-[min(460px,var(--radix-popover-content-available-height))] flex-col rounded-[9px] border border-line bg-panel shadow-float outline-none"
          style={{ width }}
        >
          <PickerList {...list} onDone={() => setOpen(false)} />
          {footer ? <div className="border-t border-line p-1">{footer(() => setOpen(false))}</div> : null}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function PickerList({ label, items, onPick, typed, single = false, empty, onDone }: Choices & { onDone: () => void }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const all = useMemo(() => searched(items()), [items]);
  const found = useMemo(() => {
    const among = search(all, query);
    const own = typed?.(query) ?? null;
    if (own === null) return among;
    return [among.find(({ id }) => id === own.id) ?? own, ...among.filter(({ id }) => id !== own.id)];
  }, [all, query, typed]);
  const shown = found.slice(0, SHOWN);

  const move = (to: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, to));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const take = (at: number, adding: boolean) => {
    const item = shown[at];
    if (!item) return;
    const add = adding && !single;
    onPick(item.id, add);
    if (!add) onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") move(active + 1);
    else if (event.key === "ArrowUp") move(active - 1);
    else if (event.key === "Enter") take(active, event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="p-1.5 pb-1">
        <input
          role="combobox" aria-expanded aria-controls={`${id}-list`} aria-activedescendant={`${id}-${active}`} aria-label={label}
          className={classes(inputClasses, "h-7")} placeholder={label} spellCheck={false} autoComplete="off" autoFocus
          value={query} onKeyDown={onKeyDown}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
        />
      </div>
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={label} aria-multiselectable={single ? undefined : true} className="min-h-0 flex-1 overflow-y-auto px-1 pb-1">
        {shown.map((item, at) => (
          <div
            key={item.id} id={`${id}-${at}`} role="option" aria-selected={item.chosen ?? false}
            className={classes("flex h-7 items-center gap-2 rounded-[6px] px-2", at === active && "bg-raised")}
            onPointerMove={() => setActive(at)}
            onClick={(event) => take(at, event.ctrlKey || event.metaKey)}
          >
            {item.before?.()}
            <span className="min-w-0 flex-1 truncate">{item.label}</span>
            {item.detail === undefined ? null : <span className="wire max-w-[50%] min-w-[20%] shrink truncate !text-cap text-third">{item.detail}</span>}
            <span className="w-3 text-cap text-second" aria-hidden>{item.chosen ? "✓" : ""}</span>
          </div>
        ))}
        {shown.length === 0 ? <p className="px-2 py-2 text-second">{query.trim() === "" && empty ? empty : `Nothing matches “${query}”.`}</p> : null}
        {found.length > SHOWN ? <p className="px-2 py-1 text-cap text-third">{(found.length - SHOWN).toLocaleString("en")} more: keep typing</p> : null}
      </div>
    </>
  );
}
