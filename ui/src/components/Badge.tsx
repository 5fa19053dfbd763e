import type { ReactNode } from "react";
import { classes } from "./classes";

const tones = { plain: "text-second", ok: "text-ok", warn: "text-warn", bad: "text-bad" };

/** A word or two in a small frame. */
export function Badge({ children, tone = "plain", title, className }: {
  children: ReactNode; tone?: keyof typeof tones; title?: string; className?: string;
}) {
  return (
    <span
      title={title}
      className={classes("inline-flex h-[18px] shrink-0 items-center rounded-[5px] bg-raised px-1.5 text-cap whitespace-nowrap", tones[tone], className)}
    >
      {children}
    </span>
  );
}
