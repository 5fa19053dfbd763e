import { MiddleEllipsis } from "@/components";
import { ChevronIcon } from "@/components/icons";
import { openDialog, useStore } from "@/state/store";
import { summary } from "@/features/workspace/overBudget";

/** That some tenants have no address on some previews: said once, quietly. In the demo that is a lesson, told where it is met. */
export function OverBudgetLine() {
  const over = useStore(({ workspace }) => (workspace?.origin.kind === "demo" ? undefined : workspace?.overBudget));
  const text = summary(over);
  const [first] = over?.previews ?? [];
  if (over === undefined || text === null) return null;
  return (
    <button
      type="button" aria-label={text} title={`${text}: show which`} onClick={() => openDialog({ kind: "over-budget" })}
      className="flex h-8 shrink-0 items-center gap-[0.6ch] border-t border-line pr-3.5 pl-4 text-left text-cap text-third hover:bg-hover hover:text-text"
    >
      {over.count === 1 && first ? <span className="wire flex min-w-0 !text-cap"><MiddleEllipsis text={first.preview} tail={7} /></span> : <span className="truncate">{over.count.toLocaleString("en")} previews</span>}
      <span className="shrink-0">too long for {over.count === 1 && first ? first.count.toLocaleString("en") : "some"}</span>
      <span className="ml-auto -rotate-90"><ChevronIcon size={12} /></span>
    </button>
  );
}
