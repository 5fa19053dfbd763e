import type { Preview, Tenant, WorkspaceState } from "@/api/types";
import { doingOf, type Doing } from "./trust";

const fileName = (path: string) => path.split(/[\\/]/).pop() ?? path;
/** More names than these are a number. */
const NAMED = 2;

type Named = { name: string; same: string };

/** `tenant acme added`, `3 tenants removed`: what became of the things of one kind. */
function ofKind(noun: string, before: readonly Named[], after: readonly Named[]): string[] {
  const was = new Map(before.map(({ name, same }) => [name, same]));
  const is = new Map(after.map(({ name, same }) => [name, same]));
  const added = after.filter(({ name }) => !was.has(name));
  const removed = before.filter(({ name }) => !is.has(name));
  const changed = after.filter(({ name, same }) => was.has(name) && was.get(name) !== same);
  const say = (things: readonly Named[], what: string): string[] => {
    if (things.length === 0) return [];
    const names = things.map(({ name }) => name).join(" and ");
    return [things.length > NAMED ? `${things.length.toLocaleString("en")} ${noun}s ${what}` : `${noun}${things.length > 1 ? "s" : ""} ${names} ${what}`];
  };
  return [...say(added, "added"), ...say(removed, "removed"), ...say(changed, "changed")];
}

const tenantAsNamed = (tenant: Tenant): Named => ({ name: tenant.id, same: JSON.stringify(tenant) });
/** What the file says of a preview, and nothing of how it is doing. Of one that waits for trust, `held`, nobody tells where it leads. */
const previewAsNamed = ({ name, branch, upstream, host, access, insecure, excludedTenants }: Preview, held: boolean): Named => ({
  name, same: JSON.stringify([branch, held ? null : upstream, host, access, insecure, excludedTenants]),
});

/** Previews by name that wait for trust, before or after. */
const heldOf = (...all: WorkspaceState[]) =>
  new Set(all.flatMap(({ previews }) => previews.filter(({ untrusted }) => untrusted !== null).map(({ name }) => name)));

const doings: Record<Doing, string> = { runs: "commands changed", copies: "what is copied into checkouts changed", sends: "what is sent elsewhere changed" };

const differ = (before: unknown, after: unknown) => JSON.stringify(before) !== JSON.stringify(after);

/**
 * What a person changed in the workspace's files, one sentence a file: `tripledash.json: tenant acme added, preview main
 * changed`. Nothing of what changes by itself: how previews are doing, and which of them a source finds.
 */
export function changesBetween(before: WorkspaceState, after: WorkspaceState): string[] {
  const inFile: string[] = [];
  const elsewhere: string[] = [];
  if (before.tenants !== after.tenants) {
    const same = before.tenantList.kind === after.tenantList.kind && before.tenantList.text === after.tenantList.text;
    const told = ofKind("tenant", before.tenants.map(tenantAsNamed), after.tenants.map(tenantAsNamed));
    (same && after.tenantList.kind !== "workspace" ? elsewhere : inFile).push(...told);
    if (!same) inFile.push("the tenants are listed elsewhere");
  }
  const held = heldOf(before, after);
  const own = ({ previews }: WorkspaceState) => previews.filter(({ source }) => source === null).map((one) => previewAsNamed(one, held.has(one.name)));
  inFile.push(...ofKind("preview", own(before), own(after)));
  const sources = ({ sources: all }: WorkspaceState) => all.map(({ kind, text, starts, host }) => [kind, text, starts, host]);
  if (differ(sources(before), sources(after))) inFile.push("sources of previews changed");
  for (const doing of ["runs", "copies", "sends"] as const) {
    const lines = ({ trust }: WorkspaceState) => (trust?.commands ?? []).filter((line) => doingOf(line) === doing);
    if (differ(lines(before), lines(after))) inFile.push(doings[doing]);
  }
  if (before.tenancy !== after.tenancy || differ(before.prefix, after.prefix)) inFile.push("tenants are named in another place of the address");
  if (differ(before.rules, after.rules)) inFile.push("rules changed");
  if (differ(before.pages, after.pages)) inFile.push("pages changed");
  if (inFile.length === 0 && before.name !== after.name) inFile.push(`the workspace is called ${after.name} now`);
  const sentences: string[] = [];
  if (inFile.length > 0) sentences.push(`${fileName(after.origin.file)}: ${inFile.join(", ")}`);
  if (elsewhere.length > 0) sentences.push(`${whereTenantsAre(after)}: ${elsewhere.join(", ")}`);
  return sentences;
}

/** A file by its name, an endpoint by its host, a command as it is. */
function whereTenantsAre({ tenantList: { kind, text } }: WorkspaceState): string {
  if (kind === "file") return fileName(text);
  if (kind === "url") return URL.canParse(text) ? new URL(text).host : text;
  return text;
}
