import { useId, type ReactNode } from "react";
import { classes } from "./classes";

export type RadioCard<Value extends string> = { value: Value; title: string; says: ReactNode };

/** One of a few, each with what it means, side by side. The label may be for reading aloud only. */
export function RadioCards<Value extends string>({ label, showLabel = false, cards, value, onChange }: {
  label: string; showLabel?: boolean; cards: readonly RadioCard<Value>[]; value: Value; onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className={showLabel ? "mb-1.5 text-cap text-second" : "sr-only"}>{label}</legend>
      <div className="grid grid-cols-2 gap-2">
        {cards.map((card) => (
          <label key={card.value} className={classes("flex items-start gap-2.5 rounded-control px-2 py-1.5 hover:bg-hover", value === card.value && "bg-raised")}>
            <input type="radio" name={name} className="mt-[3px] accent-(--td-text)" checked={value === card.value} onChange={() => onChange(card.value)} />
            <span className="min-w-0">{card.title}<span className="block text-cap text-third">{card.says}</span></span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
