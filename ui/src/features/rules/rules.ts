import type { Json, JsonObject } from "@/api/types";
import { isObject, textOf, withFields, type Place } from "@/state/document";
import { nextKey } from "@/state/rows";

export type ConditionType = "header" | "cookie" | "query" | "host";
/** A condition as it is edited; `was` is what the file says of it, nothing for a new one. */
export type ConditionRow = { key: number; must: "has" | "missing"; type: ConditionType; name: string; value: string; was: JsonObject };
export type RuleForm = { by: "app" | "proxy"; source: string; destination: string; conditions: ConditionRow[] };

const types: readonly string[] = ["header", "cookie", "query", "host"];

export const rulesOf = (rules: Json | undefined): JsonObject[] => (Array.isArray(rules) ? rules.map((rule) => (isObject(rule) ? rule : {})) : []);

export function ruleForm(rule: JsonObject): RuleForm {
  const rows = (["has", "missing"] as const).flatMap((must) => rulesOf(rule[must]).map((was) => ({ must, was })));
  return {
    by: rule["by"] === "proxy" ? "proxy" : "app", source: textOf(rule["source"]), destination: textOf(rule["destination"]),
    conditions: rows.map(({ must, was }, key) => ({
      key, must, was, type: types.includes(textOf(was["type"])) ? (was["type"] as ConditionType) : "header", name: textOf(was["key"]), value: textOf(was["value"]),
    })),
  };
}

/** Something was typed that the rule does not say; `null` for a new one. */
export const isTouched = (before: JsonObject | null, form: RuleForm): boolean => JSON.stringify(form) !== JSON.stringify(ruleForm(before ?? {}));

export const newCondition = (rows: readonly ConditionRow[]): ConditionRow => ({
  key: nextKey(rows), must: "has", type: "header", name: "", value: "", was: {},
});

/** A host has a value and no name; of the others an empty value means any. */
function conditionOf({ type, name, value, was }: ConditionRow): Json {
  const said = value === "" && type !== "host" && was["value"] !== "" ? undefined : value;
  const rest = { ...was, type };
  return type === "host" ? withFields({ ...rest, value: value.trim() }, { key: undefined }) : setOrNot({ ...rest, key: name.trim() }, "value", said);
}

const setOrNot = (object: JsonObject, field: string, value: Json | undefined): JsonObject =>
  value === undefined ? withFields(object, { [field]: undefined }) : { ...object, [field]: value };

/** The rule as edited; what the window does not know stays. */
export function ruleOf(before: JsonObject, { by, source, destination, conditions }: RuleForm): JsonObject {
  const of = (must: "has" | "missing") => conditions.filter((row) => row.must === must).map(conditionOf);
  const leftAlone = before["destination"] === null && destination.trim() === "";
  return withFields({ ...before, by, source: source.trim() }, {
    has: of("has"), missing: of("missing"), ...(leftAlone ? {} : { destination: destination.trim() }),
  });
}

/** Where a condition will stand in the file: those that must hold and those that must not are two lists. */
export function placeOf(rule: Place, rows: readonly ConditionRow[], row: ConditionRow): Place {
  return [...rule, row.must, rows.filter(({ must }) => must === row.must).indexOf(row)];
}

/** `undefined`: the file has no rules. */
export const listed = (rules: readonly JsonObject[]): Json | undefined => (rules.length === 0 ? undefined : [...rules]);

/** `where cookie beta is 1, not where header x-stop`: a rule's conditions in short. */
export function conditionsIn(rule: JsonObject): string {
  const say = ({ type, name, value }: ConditionRow) => (type === "host" ? `host is ${value}` : `${type} ${name}${value === "" ? "" : ` is ${value}`}`);
  const { conditions } = ruleForm(rule);
  const of = (must: "has" | "missing") => conditions.filter((row) => row.must === must).map(say).join(" and ");
  return [of("has") && `where ${of("has")}`, of("missing") && `not where ${of("missing").replaceAll(" and ", " or ")}`].filter(Boolean).join(", ");
}
