import { classes } from "@/components";

/** Tags to narrow the list by; all that are pressed must hold. One line that scrolls sideways: the tenants need the height. */
export function TagFilter({ tags, chosen, onChange }: {
  tags: readonly string[]; chosen: readonly string[]; onChange: (tags: readonly string[]) => void;
}) {
  return (
    <div
      role="group" aria-label="Tags"
      className="flex shrink-0 [scrollbar-width:none] gap-1 overflow-x-auto scroll-px-4 px-3 pb-2 [mask-image:linear-gradient(to_right,transparent,#000_12px,#000_calc(100%-20px),transparent)]"
    >
      {tags.map((tag) => {
        const on = chosen.includes(tag);
        return (
          <button
            key={tag} type="button" aria-pressed={on}
            className={classes("h-5 shrink-0 rounded-[5px] border px-1.5 text-cap leading-none", on ? "border-line-strong bg-raised text-text" : "border-line text-third hover:border-line-strong hover:text-text")}
            onClick={() => onChange(on ? chosen.filter((one) => one !== tag) : [...chosen, tag])}
          >
            {tag}
          </button>
        );
      })}
    </div>
  );
}
