import { Button, Dialog, Dot, MiddleEllipsis } from "@/components";
import type { OverBudget } from "@/api/types";
import { closeDialog, openDialog, useStore } from "@/state/store";
import { useTenant, useTenantColors } from "@/state/tenants";
import { sentence } from "@/state/words";
import { count } from "../trace/format";
import { tenantsOver } from "./overBudget";

const none: readonly OverBudget[] = [];

/** Which tenants have no address on which previews, by how much, and which shorter names would do. */
export function OverBudgetDialog() {
  const previews = useStore((state) => state.workspace?.overBudget?.previews ?? none);
  const all = useStore((state) => state.workspace?.overBudget?.count ?? 0);
  const more = all - previews.length;
  return (
    <Dialog
      title="Too long for an address" width={560} onClose={closeDialog}
      description={all === 0 ? "Every tenant fits every preview." : "Tenant and preview share one label of the host, which has 63 octets. On these previews some tenants have no address; all others work."}
      footer={<Button onClick={closeDialog}>Close</Button>}
    >
      {all === 0 ? undefined : (
        <>
          <ul aria-label="Previews that are too long" className="flex flex-col">
            {previews.map((over) => <Preview key={over.preview} over={over} />)}
          </ul>
          {more > 0 ? <p className="border-t border-line pt-2.5 text-third">{count(more, "more preview")}.</p> : null}
        </>
      )}
    </Dialog>
  );
}

function Preview({ over }: { over: OverBudget }) {
  const { preview, count: tenants, fix } = over;
  const named = useStore((state) => state.workspace?.previews.find(({ name }) => name === preview)?.source === null);
  const rows = tenantsOver(over);
  const more = tenants - rows.length;
  return (
    <li aria-label={`${preview}: ${count(tenants, "tenant")}`} className="border-t border-line py-2.5 first:border-t-0 first:pt-0">
      <div className="flex min-h-7 items-center gap-3">
        <span className="wire flex min-w-0 flex-1"><MiddleEllipsis text={preview} tail={16} /></span>
        <span className="shrink-0 text-cap text-third">{count(tenants, "tenant")}</span>
        {named ? <Button look="quiet" className="-mr-2 h-6 px-2 text-cap" aria-label={`Rename ${preview}…`} onClick={() => openDialog({ kind: "preview", name: preview })}>Rename…</Button> : null}
      </div>
      <ul className="flex flex-col">{rows.map((row) => <TenantOver key={row.id} {...row} />)}</ul>
      {more > 0 ? <p className="pl-[19px] text-cap leading-[22px] text-third">{count(more, "more tenant")}</p> : null}
      {fix === null ? null : <p className="mt-1 text-pretty text-second">{sentence(fix)}</p>}
    </li>
  );
}

function TenantOver({ id, over }: { id: string; over: number }) {
  const { mark } = useTenantColors(id);
  const tenant = useTenant(id);
  const named = tenant !== undefined && tenant.name !== id;
  return (
    <li className="flex min-h-[22px] items-center gap-2.5">
      <Dot color={mark} />
      {named ? <span className="min-w-0 truncate" title={tenant.name}>{tenant.name}</span> : null}
      {!named ? <span className="wire flex min-w-0 flex-1"><MiddleEllipsis text={id} tail={12} /></span> : <span className="wire flex min-w-0 flex-1 !text-cap text-third"><MiddleEllipsis text={id} tail={12} /></span>}
      <span className="wire ml-auto shrink-0 !text-cap text-warn" aria-label={`${count(over, "octet")} over`}>{over} over</span>
    </li>
  );
}
