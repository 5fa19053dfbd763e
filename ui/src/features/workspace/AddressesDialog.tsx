import { useState, type KeyboardEvent } from "react";
import { Button, classes, Dialog, IconButton, OrderButtons, RadioCards, TextField } from "@/components";
import { CloseIcon, PlusIcon } from "@/components/icons";
import type { Json } from "@/api/types";
import { editsBetween, type Place } from "@/state/document";
import { at } from "@/state/operations";
import { moved, movedBy } from "@/state/rows";
import { closeDialog, useStore } from "@/state/store";
import { useTenantColors } from "@/state/tenants";
import { addressesOf, newPart, sample, withAddresses, type AddressesForm, type Piece } from "./addresses";
import { othersThan, SaveFoot, under, useSaving, WithDocument } from "./WithDocument";

const TITLE = "Name and addresses";
const places = [
  { value: "host", title: "In the host", says: "Before the preview’s name. Each tenant has an origin of its own." },
  { value: "path", title: "In the path", says: "As its first segment. Tenants of a preview share cookies and storage." },
] as const;

/** What the workspace is called, and where an address names its tenant. */
export function AddressesDialog() {
  return <WithDocument title={TITLE}>{(document, again) => <AddressesFields before={document} again={again} />}</WithDocument>;
}

function AddressesFields({ before, again }: { before: Json; again: () => void }) {
  const [form, setForm] = useState(() => addressesOf(before));
  const [added, setAdded] = useState<number | null>(null);
  const saving = useSaving();
  const { refused } = saving;
  const { name, tenancy, parts } = form;
  const set = (change: Partial<AddressesForm>) => setForm({ ...form, ...change });
  const shown: Place[] = [["name"], ["tenancy"], ["prefix"]];
  const partProblems = new Set(parts.flatMap((_, number) => at(refused, ["prefix", number]) ?? []));
  const move = (number: number, by: -1 | 1) => set({ parts: moved(parts, number, by) });
  const onKeyDown = (event: KeyboardEvent, number: number) => {
    const by = movedBy(event);
    if (by === null) return;
    event.preventDefault();
    move(number, by);
  };
  const noTenant = !parts.some((part) => part.name.trim() === "tenant");
  const wasTenant = addressesOf(before).parts.some((part) => part.name === "tenant");

  return (
    <Dialog
      title={TITLE} width={560} onClose={closeDialog}
      footer={<SaveFoot saving={saving} again={again} form="addresses-form" others={othersThan(refused, shown)} />}
    >
      <form
        id="addresses-form" className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void saving.save(editsBetween([], before, withAddresses(before, form)), "Changed the workspace’s name and addresses");
        }}
      >
        <TextField autoFocus label="Name of the workspace" value={name} problem={at(refused, ["name"])} onChange={(event) => set({ name: event.target.value })} />
        <div>
          <RadioCards label="Where an address names its tenant" showLabel cards={places} value={tenancy} onChange={(tenancy) => set({ tenancy })} />
          {under(refused, ["tenancy"]).map((text) => <p key={text} role="alert" className="mt-1 text-cap text-bad">{text}</p>)}
        </div>
        <fieldset>
          <legend className="mb-1.5 text-cap text-second">What stands before the preview, in its order</legend>
          <ol aria-label="Parts of the prefix" className="flex flex-col gap-1.5">
            {parts.map((part, number) => (
              <li key={part.key} className="flex items-start gap-2" onKeyDown={(event) => onKeyDown(event, number)}>
                <TextField
                  inTable wire className="flex-1" label={`Name of part ${number + 1}`} placeholder="locale" autoFocus={added === part.key} value={part.name} problem={at(refused, ["prefix", number])}
                  onChange={(event) => set({ parts: parts.map((one) => (one.key === part.key ? { ...one, name: event.target.value } : one)) })}
                />
                <span className="flex h-8 items-center">
                  <OrderButtons called={`part ${number + 1}`} words={["forward", "back"]} at={number} count={parts.length} onMove={(by) => move(number, by)} />
                  <IconButton label={`Remove part ${number + 1}`} onClick={() => set({ parts: parts.filter(({ key }) => key !== part.key) })}><CloseIcon size={12} /></IconButton>
                </span>
              </li>
            ))}
          </ol>
          <Button
            look="quiet" className="mt-1 -ml-2 h-6 px-2 text-cap"
            onClick={() => {
              const part = newPart(parts);
              set({ parts: [...parts, part] });
              setAdded(part.key);
            }}
          >
            <PlusIcon size={12} />Add a part
          </Button>
          {under(refused, ["prefix"]).filter((text) => !partProblems.has(text)).map((text) => <p key={text} role="alert" className="mt-1 text-cap text-bad">{text}</p>)}
          {noTenant ? <p className={classes("mt-1 text-cap", wasTenant ? "text-warn" : "text-third")}>No part is called <span className="wire !text-cap">tenant</span>: no address names one, and every pane is of the app as a whole.</p> : null}
          {parts.length > (noTenant ? 0 : 1) ? <p className="mt-1 text-cap text-third">{noTenant ? "The parts are" : "A part beside the tenant is"} chosen in the address bar, for all panes at once.</p> : null}
        </fieldset>
        <Sample parts={parts.map((part) => part.name)} tenancy={tenancy} />
      </form>
    </Dialog>
  );
}

const looks: Record<Piece["is"], string> = { tenant: "font-semibold", part: "font-semibold text-text", preview: "font-semibold text-text", rest: "text-third" };

/** An address as it will be, for what is shown now. */
function Sample({ parts, tenancy }: { parts: readonly string[]; tenancy: "host" | "path" }) {
  const base = useStore((state) => state.workspace?.base ?? "tripledash.localhost");
  const tenant = useStore((state) => state.selection.tenants[0] ?? state.workspace?.tenants[0]?.id ?? null);
  const preview = useStore((state) => state.selection.previews[0] ?? "main");
  const { text: color } = useTenantColors(tenant);
  const pieces = sample(parts, tenancy, { tenant: tenant ?? "acme", preview, base });
  return (
    <div className="sticky -bottom-3 -mx-4 -mb-3 flex flex-col gap-1 border-t border-line bg-panel px-4 py-3">
      <p className="text-cap text-second">An address will be</p>
      <p aria-label={`An address will be ${pieces.map(({ text }) => text).join("")}`} role="img" className="wire rounded-control border border-line bg-bg px-2.5 py-1.5 text-[13px]! break-all">
        {pieces.map(({ text, is }, number) => <span key={number} className={looks[is]} style={is === "tenant" ? { color } : undefined}>{text}</span>)}
      </p>
      <p className="text-cap text-third">
        {tenancy === "host" ? <>Between parts stands <span className="wire !text-cap">---</span>, always: apps look for it. Together they are one label of at most 63 octets.</> : "Each part is a segment of the path; a path that names no tenant of this workspace is nobody’s."}
      </p>
    </div>
  );
}
