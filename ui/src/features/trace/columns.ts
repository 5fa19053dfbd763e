import type { ExchangeRow } from "@/api/types";

export const ROW_HEIGHT = 27;

/** Time, tenant, preview, method, path, status, time, size; the least needed go first where it is narrow. */
export const columns = [
  "grid gap-x-3 grid-cols-[78px_minmax(88px,132px)_minmax(56px,124px)_48px_minmax(0,1fr)_42px_64px_62px]",
  "@max-[860px]:grid-cols-[78px_minmax(80px,120px)_48px_minmax(0,1fr)_42px_64px_62px]",
  "@max-[620px]:grid-cols-[78px_minmax(72px,104px)_48px_minmax(0,1fr)_42px_64px]",
  "@max-[560px]:grid-cols-[minmax(72px,104px)_48px_minmax(0,1fr)_42px_64px]",
  "@max-[480px]:grid-cols-[minmax(64px,96px)_minmax(0,1fr)_42px_64px]",
].join(" ");

/** What a person calls the request: an upgrade is no ordinary GET. */
export const methodOf = ({ kind, method, status }: Pick<ExchangeRow, "kind" | "method" | "status">): string =>
  kind === "websocket" || (kind === "hmr" && status === 101) ? "WS" : method;
