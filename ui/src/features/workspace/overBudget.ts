import type { OverBudget, OverBudgets } from "@/api/types";
import { count } from "../trace/format";

/** In one line, without a full stop; `null` where every tenant fits every preview. */
export function summary(over: OverBudgets | undefined): string | null {
  if (over === undefined || over.count === 0) return null;
  const [first] = over.previews;
  if (over.count > 1 || first === undefined) return `${count(over.count, "preview")} are too long for some tenants`;
  return `${first.preview} is too long for ${count(first.count, "tenant")}`;
}

/** Those that are named, each by how many octets it is over: ids are ASCII, and differ by their length alone. */
export function tenantsOver({ tenants, over }: OverBudget): { id: string; over: number }[] {
  const longest = tenants[0]?.length ?? 0;
  return tenants.map((id) => ({ id, over: over - (longest - id.length) }));
}
