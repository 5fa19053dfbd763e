import { useId, useState } from "react";
import { classes, Dialog, inputClasses, TextField } from "@/components";
import type { Json, Tenant } from "@/api/types";
import { editsBetween, valueAt, type Place } from "@/state/document";
import { at } from "@/state/operations";
import { closeDialog, useStore } from "@/state/store";
import { twice } from "./details";
import { HeaderRows } from "./HeaderRows";
import { tenantsFrom, tenantsIn, words, type From, type TenantsFrom } from "./tenantsFrom";
import { othersThan, SaveFoot, under, useSaving, WithDocument } from "./WithDocument";

const TITLE = "Where tenants are listed";
const none: readonly Tenant[] = [];
const place: Place = ["tenants"];
const shown = ["file", "url", "headers", "refresh", "command"].map((field): Place => [...place, field]);

const choices: { from: From; title: string; says: string }[] = [
  { from: "here", title: "In tripledash.json", says: "One by one, edited in this window." },
  { from: "file", title: "In another file", says: "CSV or JSON; it is watched." },
  { from: "url", title: "At an address", says: "It answers with JSON or CSV; what it said last is kept." },
  { from: "command", title: "By a command", says: "It prints JSON or CSV, once the folder is trusted." },
];

/** The tenants may be kept where they are known already. */
export function TenantsFromDialog() {
  return <WithDocument title={TITLE}>{(document, again) => <TenantsFromForm before={valueAt(document, place)} again={again} />}</WithDocument>;
}

function TenantsFromForm({ before, again }: { before: Json | undefined; again: () => void }) {
  const name = useId();
  const listed = useStore((state) => state.workspace?.tenants ?? none);
  const [form, setForm] = useState(() => tenantsFrom(before));
  const saving = useSaving();
  const { refused } = saving;
  const set = (change: Partial<TenantsFrom>) => setForm({ ...form, ...change });
  const was = tenantsFrom(before).from;
  const count = Array.isArray(before) ? before.length : 0;
  const filled = { here: true, file: form.file.trim() !== "", url: form.url.trim() !== "" && twice(form.headers) === null, command: words(form.command).length > 0 }[form.from];
  const refresh = (
    <TextField
      wire className="max-w-60" label={form.from === "url" ? "Ask it again every" : "Run it again every"} placeholder="only when asked" hint="From 10s to 24h, like 90s, 5m or 2h"
      value={form.refresh} problem={at(refused, [...place, "refresh"])} onChange={(event) => set({ refresh: event.target.value })}
    />
  );
  return (
    <Dialog
      title={TITLE} width={520} onClose={closeDialog}
      footer={<SaveFoot saving={saving} again={again} form="tenants-form" disabled={!filled} others={othersThan(refused, shown)} />}
    >
      <form
        id="tenants-form" className="flex flex-col gap-1"
        onSubmit={(event) => {
          event.preventDefault();
          void saving.save(editsBetween(place, before, tenantsIn(before, form, listed)), "Changed where tenants are listed");
        }}
      >
        {choices.map(({ from, title, says }) => (
          <div key={from}>
            <label className={classes("flex items-start gap-2.5 rounded-control px-2 py-1.5 hover:bg-hover", form.from === from && "bg-raised")}>
              <input type="radio" name={name} className="mt-[3px] accent-(--td-text)" checked={form.from === from} onChange={() => set({ from })} />
              <span>{title}<span className="block text-cap text-third">{says}</span></span>
            </label>
            {form.from === from ? (
              <div className="flex flex-col gap-2.5 py-2.5 pr-2 pl-[31px] empty:hidden">
                {from === "here" && was !== "here" ? (
                  <p className="text-second">{listed.length === 0 ? "None is known now: the list begins empty." : `The ${listed.length.toLocaleString("en")} that are known now are written into it.`}</p>
                ) : null}
                {from === "file" ? <TextField wire autoFocus label="File" placeholder="tenants.csv" hint="From the folder of tripledash.json. CSV has a head line with id; JSON is an array of tenants." value={form.file} problem={at(refused, [...place, "file"])} onChange={(event) => set({ file: event.target.value })} /> : null}
                {from === "url" ? (
                  <>
                    <TextField wire autoFocus label="Address" placeholder="https://api.acme.dev/tenants" value={form.url} problem={at(refused, [...place, "url"])} onChange={(event) => set({ url: event.target.value })} />
                    {refresh}
                    <HeaderRows headers={form.headers} onChange={(headers) => set({ headers })} />
                    {under(refused, [...place, "headers"]).map((text) => <p key={text} role="alert" className="text-cap text-bad">{text}</p>)}
                  </>
                ) : null}
                {from === "command" ? (
                  <>
                    <label className="flex flex-col gap-1">
                      <span className="text-cap text-second">Program and its arguments, one a line</span>
                      <textarea rows={3} autoFocus spellCheck={false} placeholder={"node\nscripts/tenants.js"} className={classes(inputClasses, "wire h-auto resize-y py-1.5")} value={form.command} onChange={(event) => set({ command: event.target.value })} />
                      <span className="text-cap text-third">No shell takes them apart. It runs in the folder of tripledash.json; when it is changed, you are asked again.</span>
                    </label>
                    {under(refused, [...place, "command"]).map((text) => <p key={text} role="alert" className="text-cap text-bad">{text}</p>)}
                    {refresh}
                  </>
                ) : null}
                {from !== "here" && count > 0 ? <p className="text-warn">{count === 1 ? "The one tenant" : `The ${count.toLocaleString("en")} tenants`} that tripledash.json lists {count === 1 ? "goes" : "go"} out of it. You can undo it.</p> : null}
              </div>
            ) : null}
          </div>
        ))}
      </form>
    </Dialog>
  );
}
