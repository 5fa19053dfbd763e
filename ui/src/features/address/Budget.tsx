import { Popover } from "radix-ui";
import { classes, Dot } from "@/components";
import { useTenantColors } from "@/state/tenants";
import { sentence } from "@/state/words";
import type { Built } from "./AddressBar";

/** Octets left at which the budget speaks up. */
const NEAR = 8;

/** The octet budget of the first label: quiet while there is room, loud near the limit, and an explanation when it is over. */
export function Budget({ built }: { built: readonly Built[] }) {
  const tightest = built.reduce<Built | null>(
    (worst, one) => ((one.address?.budget.used ?? -1) > (worst?.address?.budget.used ?? -1) ? one : worst), null,
  );
  const budget = tightest?.address?.budget;
  if (!budget) return null;
  const troubled = built.filter(({ address }) => (address?.problems.length ?? 0) > 0);
  const left = budget.limit - budget.used;
  const tone = budget.over > 0 ? "bad" : left <= NEAR ? "warn" : "quiet";
  const share = Math.min(1, budget.used / budget.limit);
  const words = budget.over > 0 ? `${budget.over} over` : tone === "warn" ? `${left} left` : null;

  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          aria-label={`Octet budget: ${budget.used} of ${budget.limit}${budget.over > 0 ? `, ${budget.over} over` : ""}${troubled.length > 0 ? "; problems" : ""}`}
          title={`The first label has ${budget.used} of at most ${budget.limit} octets`}
          className={classes(
            "flex h-6 shrink-0 items-center gap-2 rounded-[6px] px-1.5 hover:bg-raised",
            tone === "bad" ? "text-bad" : tone === "warn" || troubled.length > 0 ? "text-warn" : "text-third",
          )}
        >
          <span aria-hidden className="hidden h-[3px] w-12 overflow-hidden rounded-full bg-line @3xl:block">
            <span
              className={classes("block h-full rounded-full", tone === "bad" ? "bg-bad" : tone === "warn" ? "bg-warn" : "bg-third")}
              style={{ width: `${share * 100}%` }}
            />
          </span>
          <span className="wire">{budget.used}/{budget.limit}</span>
          {words ? <span className="text-cap font-name">{words}</span> : null}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end" sideOffset={8} collisionPadding={8} aria-label="Octet budget"
          className="rise z-60 max-h-[60vh] w-[440px] max-w-[calc(100vw-24px)] overflow-y-auto rounded-[9px] border border-line bg-panel p-3 shadow-float outline-none"
        >
          <p className="font-name">
            {budget.over > 0 ? `${budget.over} ${budget.over === 1 ? "octet" : "octets"} too long` : `${left} ${left === 1 ? "octet" : "octets"} left`}
          </p>
          <p className="mt-0.5 text-second">A host’s label holds at most {budget.limit} octets, and tenant, hyphens and preview share one.</p>
          <Label label={budget.label} limit={budget.limit} />
          {troubled.slice(0, 12).map((one) => <Problems key={one.pane.key} one={one} />)}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** The label itself, what is past the limit marked. */
function Label({ label, limit }: { label: string; limit: number }) {
  return (
    <p className="wire mt-2 rounded-[6px] bg-raised px-2 py-1 break-all">
      {label.slice(0, limit)}
      {label.length > limit ? <mark className="bg-transparent text-bad underline decoration-wavy underline-offset-4">{label.slice(limit)}</mark> : null}
    </p>
  );
}

function Problems({ one: { pane, address } }: { one: Built }) {
  const { mark } = useTenantColors(pane.tenant);
  return (
    <div className="mt-3 border-t border-line pt-2">
      <p className="flex items-center gap-2"><Dot color={mark} /><span className="wire">{pane.tenant ?? "no tenant"}</span><span className="wire text-third">{pane.preview}</span></p>
      {address?.problems.map(({ code, severity, message, fix }) => (
        <div key={code + message} className="mt-1">
          <p className={severity === "error" ? "text-bad" : "text-warn"}>{sentence(message)}</p>
          {fix === null ? null : <p className="mt-1 text-second">{sentence(fix)}</p>}
        </div>
      ))}
    </div>
  );
}
