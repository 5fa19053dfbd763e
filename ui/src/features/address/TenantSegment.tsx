import { useCallback } from "react";
import { classes, Dot, MiddleEllipsis, Picker, type PickerItem } from "@/components";
import { openDialog, select, useStore } from "@/state/store";
import { picked } from "@/state/selection";
import { tenantColors, useTenant, useTenantColors } from "@/state/tenants";
import { focusTenantSearch } from "@/features/side/focus";
import { useWhyNotHere } from "@/features/side/tenantSource";
import type { Built } from "./AddressBar";
import { TenantAddresses } from "./TenantAddresses";

/** The tenant's piece of the address, in the tenant's colour. Several at once read `{3 tenants}`. */
export function TenantSegment({ built, tenants }: { built: readonly Built[]; tenants: readonly (string | null)[] }) {
  const only = tenants.length === 1 ? (tenants[0] ?? null) : null;
  const colors = useTenantColors(only);
  const tenant = useTenant(only);
  const all = useStore((state) => state.workspace?.tenants);
  const theme = useStore((state) => state.theme);
  const chosen = useStore((state) => state.selection.tenants);
  const elsewhere = useWhyNotHere();
  const items = useCallback((): PickerItem[] => {
    const on = new Set(chosen);
    return (all ?? []).map(({ id, name, color }) => ({
      id, label: name, detail: id, chosen: on.has(id), before: () => <Dot color={tenantColors(color, theme).mark} />,
    }));
  }, [all, chosen, theme]);

  if (tenants.length > 1) return <TenantAddresses built={built} count={tenants.length} />;
  return (
    <Picker
      label="Choose a tenant"
      width={380}
      items={items}
      onPick={(id, add) => select({ tenants: picked([], chosen, id, add ? "toggle" : "alone", null) })}
      footer={(close) => (
        <div className="flex items-center justify-between text-cap text-third">
          <FooterButton onPress={() => { close(); select({ tenants: [] }); }}>No tenant</FooterButton>
          {elsewhere === null ? <FooterButton onPress={() => { close(); openDialog({ kind: "tenant", id: null }); }}>Add a tenant</FooterButton> : null}
          <FooterButton onPress={() => { close(); focusTenantSearch(); }}>Choose many</FooterButton>
        </div>
      )}
      trigger={
        <button
          type="button"
          aria-label={only === null ? "Tenant: none" : `Tenant: ${tenant?.name ?? only}`}
          title={only === null ? "No tenant" : (tenant?.name ?? `${only} is not in the workspace`)}
          className={classes("rounded-[5px] px-1.5 py-0.5", only === null ? "mr-1.5 shrink-0 border border-dashed border-line-strong !py-0 font-sans text-body hover:text-text" : classes("flex font-semibold", only.length > 14 ? "min-w-20 shrink" : "shrink-0"))}
          style={only === null ? { color: "var(--td-third)" } : { color: colors.text, backgroundColor: colors.tint }}
        >
          {only === null ? "no tenant" : <MiddleEllipsis text={only} tail={8} />}
        </button>
      }
    />
  );
}

function FooterButton({ children, onPress }: { children: string; onPress: () => void }) {
  return (
    <button type="button" className="rounded-[6px] px-2 py-1 hover:bg-raised hover:text-text" onClick={onPress}>{children}</button>
  );
}
