import { Popover } from "radix-ui";
import { Button, Dot, IconButton, MiddleEllipsis } from "@/components";
import { CopyIcon } from "@/components/icons";
import { copyText } from "@/state/operations";
import { useStore } from "@/state/store";
import { byId, useTenantColors } from "@/state/tenants";
import { sentence } from "@/state/words";
import type { Built } from "./AddressBar";

const DOTS = 4;

/** Several tenants in one piece: their count, their colours, and each one's own address to copy. */
export function TenantAddresses({ built, count }: { built: readonly Built[]; count: number }) {
  const urls = built.flatMap(({ address }) => (address?.url ? [address.url] : []));
  const tenants = useStore((state) => state.workspace?.tenants);
  const ids = [...new Set(built.map(({ pane }) => pane.tenant))];
  const names = byId(tenants ?? []);
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          aria-label={`${count} tenants: ${ids.slice(0, 6).map((id) => (id === null ? "none" : (names.get(id)?.name ?? id))).join(", ")}`}
          className="flex shrink-0 items-center gap-1.5 rounded-[5px] bg-text/7 px-1.5 py-0.5 font-semibold text-text"
        >
          <span className="flex" aria-hidden>
            {ids.slice(0, DOTS).map((id, at) => <StackedDot key={id ?? ""} tenant={id} first={at === 0} />)}
          </span>
          {`{${count} tenants}`}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start" sideOffset={6} collisionPadding={8} aria-label="Addresses of the chosen tenants"
          className="rise z-60 flex max-h-[min(440px,var(--radix-popover-content-available-height))] w-[520px] max-w-[calc(100vw-24px)] flex-col rounded-[9px] border border-line bg-panel shadow-float outline-none"
        >
          <ul className="min-h-0 flex-1 overflow-y-auto p-1">
            {built.map((one) => <AddressLine key={one.pane.key} one={one} />)}
          </ul>
          <div className="flex items-center justify-between border-t border-line py-1.5 pr-1.5 pl-3">
            <span className="text-cap text-third">{built.length < count ? `The ${built.length} longest of ${count}` : `${built.length} addresses`}</span>
            <Button look="quiet" disabledReason={urls.length === 0 ? "No address can be built" : null} onClick={() => void copyText(urls.join("\n"), `${urls.length} addresses`)}>
              Copy all
            </Button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function StackedDot({ tenant, first }: { tenant: string | null; first: boolean }) {
  const { mark } = useTenantColors(tenant);
  return <span className="size-2.5 rounded-full border-2 border-raised box-content" style={{ background: mark, marginLeft: first ? -2 : -7 }} />;
}

function AddressLine({ one: { pane, address } }: { one: Built }) {
  const { mark } = useTenantColors(pane.tenant);
  const problem = address?.problems.find(({ severity }) => severity === "error");
  return (
    <li className="flex items-center gap-2 rounded-[6px] py-0.5 pr-0.5 pl-2 hover:bg-raised">
      <Dot color={mark} />
      <div className="wire min-w-0 flex-1">
        {address?.url ? <MiddleEllipsis text={address.url.replace(/^https?:\/\//, "")} tail={28} /> : (
          <span className="font-sans text-bad">{problem ? sentence(problem.message) : "No address yet"}</span>
        )}
      </div>
      {address?.url ? (
        <IconButton label={`Copy the address of ${pane.tenant ?? "the tenant-less host"}`} onClick={() => void copyText(address.url ?? "", "the address")}>
          <CopyIcon />
        </IconButton>
      ) : null}
    </li>
  );
}
