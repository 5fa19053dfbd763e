import { useCallback, useMemo, useRef } from "react";
import { classes, MiddleEllipsis, Picker, type PickerItem } from "@/components";
import { useCommands, type Command } from "@/state/commands";
import { choosePart, choosingPart } from "@/state/parts";
import { useStore } from "@/state/store";

const none: readonly string[] = [];

/** A value as a host has it. What else is wrong with one, the engine says. */
const typed = (text: string): PickerItem | null => {
  const value = text.trim().toLowerCase();
  return value === "" ? null : { id: value, label: value };
};

/** One of the prefix's parts beside the tenant, such as a locale: the same for all panes, typed or one that was used before. */
export function PartSegment({ name }: { name: string }) {
  const value = useStore((state) => state.selection.parts[name]);
  const used = useStore((state) => state.selection.usedParts[name]) ?? none;
  const optional = useStore((state) => !(state.workspace?.prefix ?? none).includes("tenant"));
  const items = useCallback((): PickerItem[] => used.map((one) => ({ id: one, label: one, chosen: one === value })), [used, value]);
  const trigger = useRef<HTMLButtonElement>(null);
  useCommands(
    useMemo<Command[]>(
      () => [{ id: choosingPart(name), group: "Address", title: `Choose the ${name}…`, run: () => trigger.current?.click() }],
      [name],
    ),
  );
  return (
    <Picker
      single
      label={`Choose the ${name}`}
      items={items}
      typed={typed}
      empty="Type a value, as it is in the address."
      onPick={(picked) => choosePart(name, picked)}
      footer={optional && value !== undefined ? (close) => (
        <button
          type="button" className="w-full rounded-[6px] px-2 py-1 text-left text-cap text-third hover:bg-raised hover:text-text"
          onClick={() => {
            close();
            choosePart(name, null);
          }}
        >
          No {name}
        </button>
      ) : undefined}
      trigger={
        <button
          ref={trigger} type="button" aria-label={`${name}: ${value ?? "none"}`} title={value === undefined ? `The address has no ${name} yet` : `${name}: ${value}`}
          className={classes(
            "rounded-[5px] px-1.5 py-0.5",
            value === undefined ? classes("max-w-40 shrink-0 truncate border border-dashed !py-0 font-sans text-body hover:text-text", optional ? "border-line-strong text-third" : "border-warn text-warn")
              : classes("flex bg-text/7 font-semibold text-text", value.length > 14 ? "min-w-20 shrink" : "shrink-0"),
          )}
        >
          {value === undefined ? name : <MiddleEllipsis text={value} tail={8} />}
        </button>
      }
    />
  );
}
