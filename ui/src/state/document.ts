import type { FileEdit, Json, JsonObject, Step } from "@/api/types";

/** Values of the workspace file, and the edits that make one of another. Only what differs is edited: the rest of the file keeps its layout. */

export type Place = readonly Step[];

export const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** The text that stands there; empty for anything else. */
export const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** The keys of an object have no order that means something; the elements of an array have. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, at) => same(one, b[at]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
  }
  return a === b;
}

/** What stands at a place; `undefined` for nothing. */
export function valueAt(document: Json | undefined, place: Place): Json | undefined {
  return place.reduce<Json | undefined>((value, step) => {
    if (typeof step === "number") return Array.isArray(value) ? value[step] : undefined;
    return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, document);
}

/** The edits that make `after` of `before`, in the order in which they are made. */
export function editsBetween(place: Place, before: Json | undefined, after: Json | undefined): FileEdit[] {
  if (same(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => editsBetween([...place, key], valueAt(before, [key]), valueAt(after, [key])));
  }
  if (Array.isArray(before) && Array.isArray(after)) return editsOfElements(place, before, after);
  return [{ path: [...place], ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

function editsOfElements(place: Place, before: Json[], after: Json[]): FileEdit[] {
  // Elements can be taken out anywhere but added at the end only: what stands behind a new one has to move.
  const kept = after.length > before.length ? 0 : sameAtEnd(before, after);
  const [was, is] = [before.length - kept, after.length - kept];
  const edits: FileEdit[] = [];
  for (let at = 0; at < is; at += 1) edits.push(...editsOfElement([...place, at], before[at], after[at]));
  for (let at = was - 1; at >= is; at -= 1) edits.push(...editsBetween([...place, at], before[at], undefined));
  return edits;
}

function sameAtEnd(before: Json[], after: Json[]): number {
  const most = Math.min(before.length, after.length);
  let count = 0;
  while (count < most && same(before.at(-1 - count), after.at(-1 - count))) count += 1;
  return count;
}

/** One that is another altogether is put in its place whole, as it was written; one that was edited keeps what stays. */
function editsOfElement(place: Place, before: Json | undefined, after: Json | undefined): FileEdit[] {
  const edited = isObject(before) && isObject(after) && Object.keys(after).some((key) => same(before[key], after[key]));
  if (edited || before === undefined || same(before, after)) return editsBetween(place, before, after);
  return [{ path: [...place], before, ...(after === undefined ? {} : { after }) }];
}

/** An object with some fields set; `undefined`, an empty text, list and object take the field out. */
export function withFields(object: JsonObject, fields: { readonly [key: string]: Json | undefined }): JsonObject {
  const merged = { ...object, ...fields };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, Json] => !(entry[0] in fields) || !isNothing(entry[1])));
}

function isNothing(value: Json | undefined): boolean {
  if (value === undefined || value === "") return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** A place as the engine spells it: `previews[1].host`. */
export const spelled = (place: Place): string =>
  place.reduce<string>((text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`), "");
