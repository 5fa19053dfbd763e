import { useState } from "react";
import { Button, Dialog, TextField, classes } from "@/components";
import { palette } from "@/state/color";
import { addTenant, changed, editTenant, messageOf } from "@/state/operations";
import { closeDialog, select, useStore } from "@/state/store";
import { useTenant } from "@/state/tenants";
import { idOf } from "@/features/side/search";

/** The words of a line, once each. */
const list = (text: string) => [...new Set(text.split(/[\s,]+/).filter(Boolean))];

/** A tenant, new (`id` null) or edited. */
export function TenantDialog({ id }: { id: string | null }) {
  const tenant = useTenant(id);
  const [name, setName] = useState(tenant?.name ?? "");
  const [tenantId, setTenantId] = useState<string | null>(tenant?.id ?? null);
  const [color, setColor] = useState<string | null>(tenant?.color ?? null);
  const [domains, setDomains] = useState(tenant?.domains.join(", ") ?? "");
  const [locale, setLocale] = useState(tenant?.locale ?? "");
  const [tags, setTags] = useState(tenant?.tags.join(", ") ?? "");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const effectiveId = tenantId ?? idOf(name);

  const save = async () => {
    setBusy(true);
    setProblem(null);
    const orNull = <T,>(values: T[]) => (values.length > 0 ? values : null);
    const fields = {
      id: effectiveId, name: name.trim() === effectiveId ? null : name.trim() || null, color, domains: orNull(list(domains)), locale: locale.trim() || null,
      tags: orNull(list(tags)),
    };
    try {
      if (tenant) {
        const { name: shownName, domains: d, tags: t, ...rest } = tenant;
        const before = { ...rest, name: shownName === tenant.id ? null : shownName, domains: orNull(d), tags: orNull(t) };
        const edit = changed(before, fields);
        if (Object.keys(edit).length > 0) await editTenant(tenant.id, edit);
        if (effectiveId !== tenant.id) {
          const { tenants } = useStore.getState().selection;
          select({ tenants: [...tenants.filter((one) => one !== effectiveId), effectiveId] });
        }
      } else {
        await addTenant(fields);
        select({ tenants: [...useStore.getState().selection.tenants, effectiveId] });
      }
      closeDialog();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={tenant ? `Edit ${tenant.name}` : "Add a tenant"} onClose={closeDialog}
      footer={
        <>
          <Button look="quiet" onClick={closeDialog}>Cancel</Button>
          <Button look="strong" type="submit" form="tenant-form" disabled={effectiveId === "" || busy}>{tenant ? "Save" : "Add"}</Button>
        </>
      }
    >
      <form
        id="tenant-form" className="grid grid-cols-2 gap-x-3 gap-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField label="Name" autoFocus value={name} onChange={(event) => setName(event.target.value)} />
        <TextField label="Id, before --- in the address" wire value={effectiveId} problem={problem} onChange={(event) => setTenantId(event.target.value)} />
        <fieldset className="col-span-2">
          <legend className="mb-1.5 text-cap text-second">Colour</legend>
          <div className="flex flex-wrap items-center gap-1.5">
            {palette.map((one) => (
              <button
                key={one} type="button" aria-label={one} aria-pressed={color === one}
                className={classes("size-5 rounded-full outline-offset-2", color === one && "ring-2 ring-text ring-offset-2 ring-offset-panel")}
                style={{ background: one }} onClick={() => setColor(one)}
              />
            ))}
            <input type="color" aria-label="Another colour" className="ml-1 h-6 w-9 rounded border border-line bg-bg" value={color ?? "#888888"} onChange={(event) => setColor(event.target.value)} />
          </div>
        </fieldset>
        <TextField label="Domains" hint="Where the tenant lives in production; the first is {domain}" wire className="col-span-2" placeholder="shop.acme.com" value={domains} onChange={(event) => setDomains(event.target.value)} />
        <TextField label="Locale" placeholder="en" wire value={locale} onChange={(event) => setLocale(event.target.value)} />
        <TextField label="Tags" placeholder="retail, eu" value={tags} onChange={(event) => setTags(event.target.value)} />
      </form>
    </Dialog>
  );
}
