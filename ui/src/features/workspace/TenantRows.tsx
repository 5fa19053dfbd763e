import type { ReactNode } from "react";
import { Button, Dot, IconButton, Picker } from "@/components";
import { CloseIcon, PlusIcon } from "@/components/icons";
import type { Tenant } from "@/api/types";
import { useStore } from "@/state/store";
import { byId, colorsOf } from "@/state/tenants";

const none: readonly Tenant[] = [];

/** What differs for some tenants: one row each, and a way to name another. */
export function TenantRows<Value>({ label, add, entries, onChange, first, children }: {
  label: string; add: string; entries: readonly (readonly [id: string, value: Value])[]; onChange: (entries: [string, Value][]) => void;
  /** What a tenant begins with. */
  first: (id: string) => Value;
  children: (id: string, value: Value, set: (value: Value) => void) => ReactNode;
}) {
  const tenants = useStore((state) => state.workspace?.tenants ?? none);
  const theme = useStore((state) => state.theme);
  const named = new Set(entries.map(([id]) => id));
  const copy = () => entries.map(([id, value]): [string, Value] => [id, value]);
  return (
    <div role="group" aria-label={label} className="flex flex-col items-start gap-1.5">
      {entries.map(([id, value]) => {
        const tenant = byId(tenants).get(id);
        return (
          <div key={id} className="flex w-full items-start gap-2">
            <span className="flex h-8 w-[38%] shrink-0 items-center gap-2">
              <Dot color={colorsOf(tenant?.color, theme).mark} hollow={tenant === undefined} />
              <span className="min-w-0 truncate" title={tenant === undefined ? `${id} is no tenant of this workspace` : `${tenant.name}, ${id}`}>{tenant?.name ?? id}</span>
            </span>
            <div className="min-w-0 flex-1">{children(id, value, (next) => onChange(copy().map((one) => (one[0] === id ? [id, next] : one))))}</div>
            <IconButton label={`As for all: ${tenant?.name ?? id}`} className="mt-1" onClick={() => onChange(copy().filter((one) => one[0] !== id))}><CloseIcon size={12} /></IconButton>
          </div>
        );
      })}
      <Picker
        label="Find a tenant" onPick={(id) => (named.has(id) ? undefined : onChange([...copy(), [id, first(id)]]))}
        items={() => tenants.filter(({ id }) => !named.has(id)).map(({ id, name, color }) => ({
          id, label: name, before: () => <Dot color={colorsOf(color, theme).mark} />, ...(id === name ? {} : { detail: id }),
        }))}
        trigger={<Button look="quiet" className="-ml-2 h-6 px-2 text-cap" disabledReason={tenants.length === 0 ? "There are no tenants yet" : null}><PlusIcon size={12} />{add}</Button>}
      />
    </div>
  );
}
