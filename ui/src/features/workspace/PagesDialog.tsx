import { useState, type KeyboardEvent } from "react";
import { Button, classes, Dialog, IconButton, OrderButtons, TextField } from "@/components";
import { ChevronIcon, CloseIcon, PlusIcon } from "@/components/icons";
import type { Json } from "@/api/types";
import { editsBetween, valueAt, type Place } from "@/state/document";
import { at } from "@/state/operations";
import { moved, movedBy } from "@/state/rows";
import { closeDialog, useStore } from "@/state/store";
import { isSaid, newPage, pagesOf, rowsOf, type PageRow } from "./pages";
import { TenantRows } from "./TenantRows";
import { othersThan, SaveFoot, useSaving, WithDocument } from "./WithDocument";

const TITLE = "Pages";
const columns = "grid grid-cols-[minmax(0,5fr)_minmax(0,6fr)_92px_72px] gap-x-2";

/** The pages by name: what they are called, where they are, and for whom they are elsewhere. */
export function PagesDialog() {
  return <WithDocument title={TITLE}>{(document, again) => <PagesForm before={valueAt(document, ["pages"])} again={again} />}</WithDocument>;
}

function PagesForm({ before, again }: { before: Json | undefined; again: () => void }) {
  const [rows, setRows] = useState(() => rowsOf(before));
  const [open, setOpen] = useState<number | null>(null);
  const [added, setAdded] = useState<number | null>(null);
  const here = useStore((state) => state.selection.path);
  const saving = useSaving();
  const { refused } = saving;

  const set = (key: number, change: Partial<PageRow>) => setRows((rows) => rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  const add = () => {
    const row = newPage(rows, rows.some(({ path }) => path === here) ? "/" : here);
    setRows([...rows, row]);
    setAdded(row.key);
  };
  const kept = rows.filter(isSaid);
  const placeOf = (row: PageRow): Place => ["pages", kept.includes(row) ? kept.indexOf(row) : rows.length];
  const places = kept.flatMap((row) => {
    const place = placeOf(row);
    return [[...place, "name"], [...place, "path"], ...row.tenants.flatMap(([id]) => [[...place, "tenants", id]])];
  });
  const onKeyDown = (event: KeyboardEvent, place: number) => {
    const by = movedBy(event);
    if (by === null) return;
    event.preventDefault();
    setRows(moved(rows, place, by));
  };

  return (
    <Dialog
      title={TITLE} width={720} onClose={closeDialog} description="Places in the app to go to by name, on all panes at once."
      footer={<SaveFoot saving={saving} others={othersThan(refused, places)} again={again} form="pages-form" />}
    >
      <form
        id="pages-form"
        onSubmit={(event) => {
          event.preventDefault();
          void saving.save(editsBetween(["pages"], before, pagesOf(rows)), "Changed the pages");
        }}
      >
        {rows.length === 0 ? <p className="mb-2 text-second">None is named yet.</p> : (
          <div className={classes(columns, "mb-1 text-cap text-second")} aria-hidden><span>Name</span><span>Path</span><span>Tenants</span></div>
        )}
        <ul aria-label="Pages" className="flex flex-col gap-1.5">
          {rows.map((row, number) => {
            const place = placeOf(row);
            const problemBelow = row.tenants.some(([id]) => at(refused, [...place, "tenants", id]) !== null);
            const unfolded = open === row.key || problemBelow;
            const called = row.name.trim() || `page ${number + 1}`;
            return (
              <li key={row.key} onKeyDown={(event) => onKeyDown(event, number)}>
                <div className={classes(columns, "items-start")}>
                  <TextField inTable label={`Name of page ${number + 1}`} placeholder="Product" value={row.name} autoFocus={added === row.key} problem={at(refused, [...place, "name"])} onChange={(event) => set(row.key, { name: event.target.value })} />
                  <TextField inTable wire label={`Path of ${called}`} placeholder="/products/42" value={row.path} problem={at(refused, [...place, "path"])} onChange={(event) => set(row.key, { path: event.target.value })} />
                  <Button look="quiet" className="h-8 justify-between px-2 text-cap" aria-expanded={unfolded} title={`Tenants that have ${called} elsewhere`} onClick={() => setOpen(open === row.key ? null : row.key)}>
                    {row.tenants.length === 0 ? "same for all" : `${row.tenants.length} elsewhere`}
                    <span className={classes("flex transition-transform", unfolded && "rotate-180")}><ChevronIcon size={11} /></span>
                  </Button>
                  <span className="flex h-8 items-center">
                    <OrderButtons called={called} at={number} count={rows.length} onMove={(by) => setRows(moved(rows, number, by))} />
                    <IconButton label={`Remove ${called}`} onClick={() => setRows(rows.filter(({ key }) => key !== row.key))}><CloseIcon size={12} /></IconButton>
                  </span>
                </div>
                {unfolded ? (
                  <div className="my-1.5 ml-2 border-l border-line pl-3">
                    <TenantRows
                      label={`Tenants that have ${called} elsewhere`} add="A tenant that has it elsewhere" entries={row.tenants}
                      first={() => row.path} onChange={(tenants) => set(row.key, { tenants })}
                    >
                      {(id, path, change) => <TextField inTable wire label={`Path of ${called} for ${id}`} value={path} problem={at(refused, [...place, "tenants", id])} onChange={(event) => change(event.target.value)} />}
                    </TenantRows>
                  </div>
                ) : null}
              </li>
            );
          })}
        </ul>
        <Button look="quiet" className="mt-2 -ml-2 px-2" onClick={add}><PlusIcon size={12} />Add a page</Button>
      </form>
    </Dialog>
  );
}
