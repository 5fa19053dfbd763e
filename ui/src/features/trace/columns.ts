import type { ExchangeRow } from "@/api/types";

export const ROW_HEIGHT = 27;

/** Time, tenant, preview, method, path, status, time, size; the least needed go first where it is narrow. */
export const columns = [
  "grid gap-x-2.5 grid-cols-[66px_116px_104px_42px_minmax(0,1fr)_42px_56px_56px]",
  "@max-[860px]:grid-cols-[66px_92px_42px_minmax(0,1fr)_42px_56px_56px]",
  "@max-[620px]:grid-cols-[66px_84px_42px_minmax(0,1fr)_42px_56px]",
  "@max-[560px]:grid-cols-[84px_42px_minmax(0,1fr)_42px_56px]",
  "@max-[480px]:grid-cols-[76px_minmax(0,1fr)_42px_56px]",
].join(" ");

/** What a person calls the request: an upgrade is no ordinary GET. */
export const methodOf = ({ kind, method, status }: Pick<ExchangeRow, "kind" | "method" | "status">): string =>
  kind === "websocket" || (kind === "hmr" && status === 101) ? "WS" : method;
