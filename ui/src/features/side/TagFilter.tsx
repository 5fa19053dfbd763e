import { classes } from "@/components";

/** Tags to narrow the list by; all that are pressed must hold. */
export function TagFilter({ tags, chosen, onChange }: {
  tags: readonly string[]; chosen: readonly string[]; onChange: (tags: readonly string[]) => void;
}) {
  return (
    <div role="group" aria-label="Tags" className="flex max-h-[50px] shrink-0 flex-wrap gap-1 overflow-y-auto px-3 pb-2">
      {tags.map((tag) => {
        const on = chosen.includes(tag);
        return (
          <button
            key={tag} type="button" aria-pressed={on}
            className={classes("h-[19px] rounded-[5px] border px-1.5 text-cap leading-none", on ? "border-line-strong bg-raised text-text" : "border-line text-third hover:text-text")}
            onClick={() => onChange(on ? chosen.filter((one) => one !== tag) : [...chosen, tag])}
          >
            {tag}
          </button>
        );
      })}
    </div>
  );
}
