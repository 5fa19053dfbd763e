import { useEffect, useState } from "react";
import { Button, Dialog, TextField } from "@/components";
import type { JsonObject, Preview, SplitAddress } from "@/api/types";
import { editsBetween, isObject, textOf, valueAt, withFields, type Place } from "@/state/document";
import { addPreview, at, changed, editPreview, messageOf } from "@/state/operations";
import { offer } from "@/features/probe/probes";
import { closeDialog, select, useStore } from "@/state/store";
import { DetailFields, detailPlaces } from "./DetailFields";
import { detailsOf, twice, withDetails } from "./details";
import { othersThan, SaveFoot, useSaving, WithDocument } from "./WithDocument";

const ASK_AFTER_MS = 250;
const fields = ["name", "upstream", "branch", "host"];

/** What the engine reads out of a pasted address; `null` while it says nothing. */
function useSplit(text: string, on: boolean): SplitAddress | null {
  const [split, setSplit] = useState<{ text: string; found: SplitAddress | null } | null>(null);
  const api = useStore((state) => state.api);
  useEffect(() => {
    if (!on || text.trim() === "" || !api) return;
    const timer = setTimeout(() => {
      api.split(text).then((found) => setSplit({ text, found }), () => setSplit({ text, found: null }));
    }, ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, on, api]);
  return split?.text === text ? split.found : null;
}

/** A preview, new (`name` null) or edited with all that the file says of it. */
export function PreviewDialog({ name }: { name: string | null }) {
  if (name === null) return <PreviewForm name={null} />;
  return (
    <WithDocument title={`Edit ${name}`}>
      {(document, again) => {
        const previews = valueAt(document, ["previews"]);
        const at = Array.isArray(previews) ? previews.findIndex((one) => valueAt(one, ["name"]) === name) : -1;
        const before = valueAt(document, ["previews", at]);
        return isObject(before) ? <PreviewForm name={name} file={{ place: ["previews", at], before, again }} /> : <PreviewForm name={name} />;
      }}
    </WithDocument>
  );
}

/** Where the file names the preview, and what it says there. */
type InFile = { place: Place; before: JsonObject; again: () => void };

/** What the file says, where it names the preview: the engine tells no address of one that it holds back. */
function startOf(preview: Preview | undefined, file: InFile | undefined) {
  if (file === undefined) return { upstream: preview?.upstream ?? "", name: preview?.name ?? null, branch: preview?.branch ?? "", host: preview?.host ?? "", readOnly: preview?.access === "read-only" };
  const said = (field: string) => textOf(file.before[field]);
  return { upstream: said("upstream"), name: said("name"), branch: said("branch"), host: said("host"), readOnly: said("access") === "read-only" };
}

function PreviewForm({ name, file }: { name: string | null; file?: InFile }) {
  const preview = useStore((state) => state.workspace?.previews.find((one) => one.name === name));
  const [start] = useState(() => startOf(preview, file));
  const [upstream, setUpstream] = useState(start.upstream);
  const [typedName, setTypedName] = useState(start.name);
  const [branch, setBranch] = useState(start.branch);
  const [host, setHost] = useState(start.host);
  const [readOnly, setReadOnly] = useState(start.readOnly);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [details, setDetails] = useState(() => detailsOf(file?.before ?? {}));
  const saving = useSaving();
  const refusedAt = (field: string) => (file ? at(saving.refused, [...file.place, field]) : null);
  const split = useSplit(upstream, preview === undefined);
  const effectiveName = typedName ?? split?.preview ?? "";

  const save = async () => {
    setBusy(true);
    setProblem(null);
    const fields = {
      name: effectiveName, upstream: preview ? upstream.trim() : (split?.upstream ?? upstream.trim()), branch: branch.trim() || null, host: host.trim() || null,
      access: readOnly ? ("read-only" as const) : null,
    };
    if (preview && file) {
      const { place, before } = file;
      const after = withDetails(withFields({ ...before, name: effectiveName, upstream: upstream.trim() }, { branch: branch.trim(), host: host.trim(), access: readOnly ? "read-only" : (before["access"] === "full" ? "full" : undefined) }), details);
      setBusy(false);
      if ((await saving.save(editsBetween(place, before, after), `Changed ${effectiveName}`)) && effectiveName !== preview.name) select({ previews: [effectiveName] });
      return;
    }
    try {
      if (preview) {
        const edit = changed({ ...preview, access: preview.access === "full" ? null : preview.access }, fields);
        if (Object.keys(edit).length > 0) await editPreview(preview.name, edit);
      } else {
        await addPreview(fields);
        if (fields.host === null) offer(effectiveName);
      }
      if (!preview || effectiveName !== preview.name) select({ previews: [effectiveName] });
      closeDialog();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={preview ? `Edit ${preview.name}` : "Add a preview"} onClose={closeDialog}
      width={file ? 560 : 440}
      footer={file ? (
        <SaveFoot
          saving={saving} again={file.again} form="preview-form" disabled={effectiveName === "" || upstream.trim() === "" || twice(details.headers) !== null}
          others={othersThan(saving.refused, [...fields.map((field) => [...file.place, field]), ...detailPlaces(file.place)])}
        />
      ) : (
        <>
          <Button look="quiet" onClick={closeDialog}>Cancel</Button>
          <Button look="strong" type="submit" form="preview-form" disabled={effectiveName === "" || upstream.trim() === "" || busy}>{preview ? "Save" : "Add"}</Button>
        </>
      )}
    >
      <form
        id="preview-form" className="grid grid-cols-2 gap-x-3 gap-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label="Address of the running app" className="col-span-2" wire autoFocus placeholder="http://localhost:3000 or https://my-app-git-feature.acme.dev" value={upstream} problem={refusedAt("upstream")}
          hint={split && split.tenant !== null ? <>Read as tenant <span className="wire">{split.tenant}</span> on <span className="wire">{split.upstream}</span></> : undefined}
          onChange={(event) => setUpstream(event.target.value)}
        />
        <TextField label="Name, after --- in the address" wire value={effectiveName} placeholder="main" problem={problem ?? refusedAt("name")} onChange={(event) => setTypedName(event.target.value)} />
        <TextField label="Branch" wire placeholder="optional" value={branch} problem={refusedAt("branch")} onChange={(event) => setBranch(event.target.value)} />
        <TextField
          label="Host to send" className="col-span-2" wire placeholder="as it came" value={host} problem={refusedAt("host")}
          hint={<>For an app that wants another host, like <span className="wire">{"{tenant}.localhost:{port}"}</span></>}
          onChange={(event) => setHost(event.target.value)}
        />
        <label className="col-span-2 flex items-start gap-2">
          <input type="checkbox" className="mt-[3px] accent-(--td-text)" checked={readOnly} onChange={(event) => setReadOnly(event.target.checked)} />
          <span>Read-only<span className="block text-cap text-third">POST and other writing methods are refused: right for production.</span></span>
        </label>
        {file ? <DetailFields className="col-span-2" place={file.place} details={details} onChange={setDetails} refused={saving.refused} /> : null}
      </form>
    </Dialog>
  );
}
