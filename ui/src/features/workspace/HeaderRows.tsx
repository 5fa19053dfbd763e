import { Button, IconButton, TextField } from "@/components";
import { CloseIcon, PlusIcon } from "@/components/icons";
import { nextKey } from "@/state/rows";
import type { HeaderRow } from "./details";

/** Header fields to send, by name. */
export function HeaderRows({ headers, onChange }: { headers: readonly HeaderRow[]; onChange: (headers: HeaderRow[]) => void }) {
  const set = (key: number, change: Partial<HeaderRow>) => onChange(headers.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <>
      {headers.map((row, number) => {
        const called = row.name.trim() || `header ${number + 1}`;
        return (
          <div key={row.key} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_24px] items-center gap-2">
            <TextField inTable wire label={`Name of header ${number + 1}`} placeholder="x-api-key" value={row.name} onChange={(event) => set(row.key, { name: event.target.value })} />
            <TextField inTable wire label={`Value of ${called}`} placeholder="${env:API_KEY}" value={row.value} onChange={(event) => set(row.key, { value: event.target.value })} />
            <IconButton label={`Remove ${called}`} onClick={() => onChange(headers.filter(({ key }) => key !== row.key))}><CloseIcon size={12} /></IconButton>
          </div>
        );
      })}
      <p className="text-cap text-third">The file is shared: a secret belongs into <span className="wire !text-cap">{"${env:NAME}"}</span>, and its value into the environment, .env.local or the keychain.</p>
      <Button look="quiet" className="-ml-2 h-6 self-start px-2 text-cap" onClick={() => onChange([...headers, { key: nextKey(headers), name: "", value: "" }])}><PlusIcon size={12} />Add a header</Button>
    </>
  );
}
