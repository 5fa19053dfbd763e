import { useState } from "react";
import { Button, Dialog, TextField } from "@/components";
import type { Json, JsonObject } from "@/api/types";
import { editsBetween, isObject, textOf, valueAt, withFields, type Place } from "@/state/document";
import { at as refusedAt, editFile, showError } from "@/state/operations";
import { closeDialog } from "@/state/store";
import { DetailFields, detailPlaces } from "./DetailFields";
import { detailsOf, joined, listOf, twice, withDetails } from "./details";
import { othersThan, SaveFoot, useSaving, WithDocument } from "./WithDocument";

export type SourceKind = "git" | "vercel" | "template";

const titles: Record<SourceKind, { add: string; edit: string; description: string }> = {
  git: { add: "Add the branches of a repository", edit: "Edit the branches’ source", description: "Every branch is a preview; a dev server that runs in a checkout is found by itself." },
  vercel: { add: "Add the deployments of a Vercel project", edit: "Edit the deployments’ source", description: "The newest deployment of each branch. VERCEL_TOKEN lists them." },
  template: { add: "Add an address with the branch in it", edit: "Edit the address with the branch in it", description: "One preview for each branch of a repository, wherever your platform serves it." },
};

/** Where previews are found: new (`at` null) or edited with all that the file says of it. */
export function SourceDialog({ at, kind }: { at: number | null; kind: SourceKind }) {
  const { add, edit } = titles[kind];
  return (
    <WithDocument title={at === null ? add : edit}>
      {(document, again) => {
        const previews = valueAt(document, ["previews"]);
        const before = at === null ? undefined : valueAt(previews, [at]);
        return <SourceForm key={String(at)} kind={kind} title={at === null ? add : edit} previews={previews} at={at} before={isObject(before) ? before : undefined} again={again} />;
      }}
    </WithDocument>
  );
}

function SourceForm({ kind, title, previews, at, before, again }: {
  kind: SourceKind; title: string; previews: Json | undefined; at: number | null; before: JsonObject | undefined; again: () => void;
}) {
  const was = before ?? {};
  const start = (...place: string[]) => textOf(valueAt(was, place));
  const [form, setForm] = useState(() => ({
    git: start("git") || (kind === "git" ? "." : ""), dev: start("dev"), setup: start("setup"), copy: joined(was["copy"]), project: start("vercel", "project"), team: start("vercel", "team"),
    template: start("template"), branches: joined(was["branches"]), host: start("host"),
  }));
  const [readOnly, setReadOnly] = useState(was["access"] === "read-only");
  const [details, setDetails] = useState(() => detailsOf(was));
  const saving = useSaving();
  const place: Place = ["previews", at ?? (Array.isArray(previews) ? previews.length : 0)];

  const own = (): JsonObject => {
    const { git, dev, setup, copy, project, team, template } = form;
    switch (kind) {
      case "git":
        return withFields({ ...was, git: git.trim() }, { setup: setup.trim(), dev: dev.trim(), copy: listOf(copy) });
      case "vercel":
        return { ...was, vercel: withFields({ ...(isObject(was["vercel"]) ? was["vercel"] : {}), project: project.trim() }, { team: team.trim() }) };
      case "template":
        return withFields({ ...was, template: template.trim() }, { git: git.trim() });
    }
  };
  const after = () => {
    const access = readOnly ? "read-only" : was["access"] === "full" ? "full" : undefined;
    return withDetails(withFields(own(), { branches: listOf(form.branches), host: form.host.trim(), access }), details);
  };
  const save = () => {
    if (before !== undefined) return saving.save(editsBetween(place, before, after()), "Changed where previews are found");
    const list = Array.isArray(previews) ? previews : undefined;
    return saving.save(editsBetween(["previews"], list, [...(list ?? []), after()]), "Added a source of previews");
  };
  const field = (name: keyof typeof form, ...path: string[]) => ({
    value: form[name], problem: refusedAt(saving.refused, [...place, ...(path.length === 0 ? [name] : path)]),
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  });
  const shown: Place[] = [["git"], ["dev"], ["setup"], ["vercel", "project"], ["vercel", "team"], ["template"], ["host"]].map((path) => [...place, ...path]);
  const missing = kind === "git" ? form.git : kind === "vercel" ? form.project : form.template;

  return (
    <Dialog
      title={title} width={560} onClose={closeDialog} description={titles[kind].description}
      footer={
        <SaveFoot
          saving={saving} again={again} form="source-form" action={at === null ? "Add" : "Save"} disabled={missing.trim() === "" || twice(details.headers) !== null}
          others={othersThan(saving.refused, [...shown, ...detailPlaces(place)])}
        />
      }
    >
      <form
        id="source-form" className="grid grid-cols-2 gap-x-3 gap-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {kind === "git" ? (
          <>
            <TextField wire autoFocus className="col-span-2" label="Folder of the app in the repository" placeholder="." hint="From the folder of tripledash.json" {...field("git")} />
            <TextField wire className="col-span-2" label="Command that serves it" placeholder="npm run dev -- --port {port}" hint={<><span className="wire !text-cap">{"{port}"}</span> is a free one, also in PORT. Without a command nothing can be started here.</>} {...field("dev")} />
            <TextField wire className="col-span-2" label="Command to run before the first start" placeholder="npm ci" hint="And again when the lock file has changed" {...field("setup")} />
            <TextField wire className="col-span-2" label="Files to bring along that are not in the repository" placeholder=".env*" {...field("copy")} />
            <p className="col-span-2 text-cap text-third">Commands run once the folder is trusted. When they are changed, you are asked again.</p>
          </>
        ) : kind === "vercel" ? (
          <>
            <TextField wire autoFocus label="Project" placeholder="my-app" {...field("project", "vercel", "project")} />
            <TextField wire label="Team" placeholder="the token’s own account" {...field("team", "vercel", "team")} />
          </>
        ) : (
          <>
            <TextField wire autoFocus className="col-span-2" label="Address" placeholder="https://{branch}.preview.acme.dev" {...field("template")} />
            <TextField wire className="col-span-2" label="Repository whose branches they are" placeholder="." hint="From the folder of tripledash.json" {...field("git")} />
          </>
        )}
        <TextField wire label="Branches to show" placeholder="all" hint="Like main, release/*" {...field("branches")} />
        <TextField wire label="Host to send" placeholder={kind === "git" ? "as it came" : "{tenant}--- before its own"} {...field("host")} />
        <label className="col-span-2 flex items-start gap-2">
          <input type="checkbox" className="mt-[3px] accent-(--td-text)" checked={readOnly} onChange={(event) => setReadOnly(event.target.checked)} />
          <span>Read-only<span className="block text-cap text-third">POST and other writing methods are refused on all of them.</span></span>
        </label>
        <DetailFields className="col-span-2" place={place} details={details} onChange={setDetails} refused={saving.refused} />
      </form>
    </Dialog>
  );
}

/** Its previews leave the list; branches, checkouts and deployments stay what they are. */
export function RemoveSourceDialog({ at }: { at: number }) {
  return (
    <WithDocument title="Remove this source?">
      {(document) => {
        const before = valueAt(document, ["previews", at]);
        const edits = before === undefined ? [] : [{ path: ["previews", at], before }];
        return (
          <Dialog
            title="Remove this source?" onClose={closeDialog}
            description="It goes out of tripledash.json and its previews out of the list. Branches and deployments are left alone. You can undo it."
            footer={
              <>
                <Button look="quiet" onClick={closeDialog} autoFocus>Cancel</Button>
                <Button look="danger" onClick={() => void editFile(edits, "Removed the source").then(closeDialog, showError)}>Remove</Button>
              </>
            }
          />
        );
      }}
    </WithDocument>
  );
}
