import { useEffect, useState } from "react";
import { Button, Dialog, TextField } from "@/components";
import type { SplitAddress } from "@/api/types";
import { addPreview, changed, editPreview, messageOf } from "@/state/operations";
import { offer } from "@/features/probe/probes";
import { closeDialog, select, useStore } from "@/state/store";

const ASK_AFTER_MS = 250;

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

/** A preview, new (`name` null) or edited. */
export function PreviewDialog({ name }: { name: string | null }) {
  const preview = useStore((state) => state.workspace?.previews.find((one) => one.name === name));
  const [upstream, setUpstream] = useState(preview?.upstream ?? "");
  const [typedName, setTypedName] = useState<string | null>(preview?.name ?? null);
  const [branch, setBranch] = useState(preview?.branch ?? "");
  const [host, setHost] = useState(preview?.host ?? "");
  const [readOnly, setReadOnly] = useState(preview?.access === "read-only");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const split = useSplit(upstream, preview === undefined);
  const effectiveName = typedName ?? split?.preview ?? "";

  const save = async () => {
    setBusy(true);
    setProblem(null);
    const fields = {
      name: effectiveName, upstream: preview ? upstream.trim() : (split?.upstream ?? upstream.trim()), branch: branch.trim() || null, host: host.trim() || null,
      access: readOnly ? ("read-only" as const) : null,
    };
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
      footer={
        <>
          <Button look="quiet" onClick={closeDialog}>Cancel</Button>
          <Button look="strong" type="submit" form="preview-form" disabled={effectiveName === "" || upstream.trim() === "" || busy}>{preview ? "Save" : "Add"}</Button>
        </>
      }
    >
      <form
        id="preview-form" className="grid grid-cols-2 gap-x-3 gap-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label="Address of the running app" className="col-span-2" wire autoFocus placeholder="http://localhost:3000 or https://my-app-git-feature.acme.dev" value={upstream}
          hint={split && split.tenant !== null ? <>Read as tenant <span className="wire">{split.tenant}</span> on <span className="wire">{split.upstream}</span></> : undefined}
          onChange={(event) => setUpstream(event.target.value)}
        />
        <TextField label="Name, after --- in the address" wire value={effectiveName} placeholder="main" problem={problem} onChange={(event) => setTypedName(event.target.value)} />
        <TextField label="Branch" wire placeholder="optional" value={branch} onChange={(event) => setBranch(event.target.value)} />
        <TextField
          label="Host to send" className="col-span-2" wire placeholder="as it came" value={host}
          hint={<>For an app that wants another host, like <span className="wire">{"{tenant}.localhost:{port}"}</span></>}
          onChange={(event) => setHost(event.target.value)}
        />
        <label className="col-span-2 flex items-start gap-2">
          <input type="checkbox" className="mt-[3px] accent-(--td-text)" checked={readOnly} onChange={(event) => setReadOnly(event.target.checked)} />
          <span>Read-only<span className="block text-cap text-third">POST and other writing methods are refused: right for production.</span></span>
        </label>
      </form>
    </Dialog>
  );
}
