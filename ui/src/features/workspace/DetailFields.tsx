import { useState, type ReactNode } from "react";
import { Button, classes, TextField } from "@/components";
import { ChevronIcon } from "@/components/icons";
import type { Place } from "@/state/document";
import { twice, type Details } from "./details";
import { HeaderRows } from "./HeaderRows";
import { TenantRows } from "./TenantRows";
import { under } from "./WithDocument";

export const detailPlaces = (place: Place): Place[] => ["headers", "tenants", "tls", "timeout"].map((field) => [...place, field]);

const many = (count: number, one: string, more: string) => (count === 0 ? "none" : count === 1 ? `1 ${one}` : `${count} ${more}`);

/** One line that says what is set, and unfolds to set it. What was refused unfolds it too. */
function Fold({ title, now, bad = false, problems, children }: { title: string; now: string; bad?: boolean; problems: readonly string[]; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const unfolded = open || problems.length > 0;
  return (
    <section aria-label={title} className="border-t border-line">
      <button type="button" aria-expanded={unfolded} className="flex h-9 w-full items-center gap-2 text-left" onClick={() => setOpen(!open)}>
        <span className="flex-1">{title}</span>
        <span className={classes("text-cap", bad ? "text-bad" : "text-third")}>{now}</span>
        <span className={classes("flex text-third transition-transform", unfolded && "rotate-180")}><ChevronIcon size={12} /></span>
      </button>
      {unfolded ? (
        <div className="flex flex-col gap-2 pb-3">
          {children}
          {problems.length === 0 ? null : <div role="alert" className="text-cap text-bad">{problems.map((text) => <p key={text}>{text}</p>)}</div>}
        </div>
      ) : null}
    </section>
  );
}

/** What previews by name and sources have alike: headers, tenants that differ, certificates, timeout. */
export function DetailFields({ place, details, onChange, refused, className }: {
  place: Place; details: Details; onChange: (details: Details) => void; refused: ReadonlyMap<string, string>; className?: string;
}) {
  const { headers, tenants, ca, insecure, timeout } = details;
  const set = (change: Partial<Details>) => onChange({ ...details, ...change });
  const doubled = twice(headers);
  const headerProblems = [...under(refused, [...place, "headers"]), ...(doubled === null ? [] : [`${doubled} stands here twice; one of them has to go.`])];
  const left = tenants.filter(([, here]) => here === null).length;
  const renamed = tenants.length - left;
  const told = [renamed > 0 ? `${renamed} by another id` : "", left > 0 ? `${left} left out` : ""].filter(Boolean).join(", ");
  return (
    <div className={classes("-mb-3", className)}>
      <Fold title="Headers to add" now={many(headers.length, "header", "headers")} problems={headerProblems}>
        <HeaderRows headers={headers} onChange={(next) => set({ headers: next })} />
      </Fold>
      <Fold title="Tenants that differ here" now={told === "" ? "all as they are" : told} problems={under(refused, [...place, "tenants"])}>
        <TenantRows label="Tenants that differ here" add="A tenant that differs here" entries={tenants} first={(id) => id} onChange={(next) => set({ tenants: next })}>
          {(id, here, change) => (
            <div className="flex items-center gap-2">
              {here === null ? <span className="flex h-8 flex-1 items-center text-second">is not here</span> : <TextField inTable wire className="flex-1" label={`Id of ${id} here`} value={here} onChange={(event) => change(event.target.value)} />}
              <Button look="quiet" className="w-[104px] justify-center px-1 text-cap" onClick={() => change(here === null ? id : null)}>{here === null ? "Has another id" : "Leave it out"}</Button>
            </div>
          )}
        </TenantRows>
      </Fold>
      <Fold title="Certificate" now={insecure ? "not verified" : ca === "" ? "verified" : "verified, with your own authority"} bad={insecure} problems={under(refused, [...place, "tls"])}>
        <TextField wire label="Another authority’s certificates (PEM)" placeholder="certs/dev-ca.pem" hint="Trusted beside those of the system; from the folder of this file" value={ca} onChange={(event) => set({ ca: event.target.value })} />
        <label className="flex items-start gap-2">
          <input type="checkbox" className="mt-[3px] accent-(--td-bad)" checked={insecure} onChange={(event) => set({ insecure: event.target.checked })} />
          <span className={insecure ? "text-bad" : undefined}>Do not verify it<span className={classes("block text-cap", insecure ? "text-bad" : "text-third")}>Whoever stands between can read and change everything, cookies and passwords too.</span></span>
        </label>
      </Fold>
      <Fold title="Timeout" now={timeout.trim() === "" ? "as usual" : /^\d+$/.test(timeout.trim()) ? `${timeout.trim()} s` : ""} problems={under(refused, [...place, "timeout"])}>
        <TextField wire inputMode="numeric" className="max-w-60" label="Seconds to wait for a response’s first byte" placeholder="300" value={timeout} onChange={(event) => set({ timeout: event.target.value })} />
      </Fold>
    </div>
  );
}
