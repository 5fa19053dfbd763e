import type { TrustedCommand } from "@/api/types";

/** What one line of what is trusted does: it runs, is copied into a checkout, or sends what is the person's elsewhere. */
export type Doing = "runs" | "copies" | "sends";

export const doingOf = ({ place }: TrustedCommand): Doing =>
  place === "tenants.url" || place === "previews" ? "sends" : place.endsWith(".copy") ? "copies" : "runs";
