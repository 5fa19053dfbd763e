import type { ExchangeRow } from "@/api/types";

export const ROW_HEIGHT = 27;

/**
 * Time, tenant, preview, method, path, status, time, size; the least needed go first where it is narrow. With one preview that is its
 * name; with several, rows of the same tenant could not be told apart without it, and the time goes.
 */
export const columns = {
  one: {
    row: [
      "grid gap-x-2.5 grid-cols-[66px_116px_104px_42px_minmax(0,1fr)_42px_56px_56px]",
      "@max-[860px]:grid-cols-[66px_92px_42px_minmax(0,1fr)_42px_56px_56px]",
      "@max-[620px]:grid-cols-[66px_84px_42px_minmax(0,1fr)_42px_56px]",
      "@max-[560px]:grid-cols-[84px_42px_minmax(0,1fr)_42px_56px]",
      "@max-[480px]:grid-cols-[76px_minmax(0,1fr)_42px_56px]",
    ].join(" "),
    at: "@max-[560px]:hidden",
    preview: "@max-[860px]:hidden",
    took: "",
  },
  several: {
    row: [
      "grid gap-x-2.5 grid-cols-[66px_116px_104px_42px_minmax(0,1fr)_42px_56px_56px]",
      "@max-[860px]:grid-cols-[92px_92px_42px_minmax(0,1fr)_42px_56px_56px]",
      "@max-[620px]:grid-cols-[84px_84px_42px_minmax(0,1fr)_42px_56px]",
      "@max-[480px]:grid-cols-[76px_76px_minmax(0,1fr)_42px]",
    ].join(" "),
    at: "@max-[860px]:hidden",
    preview: "",
    took: "@max-[480px]:hidden",
  },
} as const;

/** Which columns there is room for. */
export type Columns = (typeof columns)[keyof typeof columns];

/** What a person calls the request: an upgrade is no ordinary GET. */
export const methodOf = ({ kind, method, status }: Pick<ExchangeRow, "kind" | "method" | "status">): string =>
  kind === "websocket" || (kind === "hmr" && status === 101) ? "WS" : method;
