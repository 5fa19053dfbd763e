import type { ComponentProps } from "react";
import { classes } from "./classes";

export type ButtonLook = "raised" | "quiet" | "strong" | "danger";

const looks: Record<ButtonLook, string> = {
  raised: "bg-raised text-text border border-line hover:border-line-strong",
  quiet: "text-second hover:bg-raised hover:text-text data-[state=open]:bg-raised data-[state=open]:text-text",
  strong: "bg-text text-bg border border-transparent hover:opacity-90",
  danger: "bg-raised text-bad border border-line hover:border-bad",
};

/** What cannot be pressed is grey, not faint: it must still be read. */
const off =
  "disabled:border-line disabled:bg-raised disabled:text-third disabled:hover:opacity-100 aria-disabled:cursor-not-allowed aria-disabled:text-third aria-disabled:hover:bg-transparent aria-disabled:hover:text-third";

/** `disabledReason` keeps the button focusable, so that the reason can be read; pressing it does nothing. */
export function Button({
  look = "raised", disabledReason, className, onClick, title, type = "button", ...rest
}: ComponentProps<"button"> & { look?: ButtonLook; disabledReason?: string | null | undefined }) {
  const blocked = Boolean(disabledReason);
  return (
    <button
      type={type}
      className={classes(
        "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-control px-2.5 whitespace-nowrap transition-colors duration-100 select-none",
        looks[look], off, className,
      )}
      aria-disabled={blocked || undefined}
      title={disabledReason ?? title}
      onClick={blocked ? (event) => event.preventDefault() : onClick}
      {...rest}
    />
  );
}

/** A square button that shows only an icon; its name is read and shown on hover. `disabledReason` as that of `Button`. */
export function IconButton({ label, disabledReason, className, onClick, ...rest }: ComponentProps<"button"> & { label: string; disabledReason?: string | null }) {
  const blocked = Boolean(disabledReason);
  return (
    <button
      type="button"
      aria-label={label}
      aria-disabled={blocked || undefined}
      title={disabledReason ?? label}
      className={classes(
        "inline-flex size-6 shrink-0 items-center justify-center rounded-[6px] text-third transition-colors duration-100",
        "hover:bg-raised hover:text-text data-[state=open]:bg-raised data-[state=open]:text-text disabled:opacity-40",
        "aria-disabled:cursor-not-allowed aria-disabled:opacity-40 aria-disabled:hover:bg-transparent aria-disabled:hover:text-third",
        className,
      )}
      onClick={blocked ? (event) => event.preventDefault() : onClick}
      {...rest}
    />
  );
}
