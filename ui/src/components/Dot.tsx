import { classes } from "./classes";

/** A small round mark. Colour alone says nothing to some people: give a `label` where no text beside it does. */
export function Dot({ color, hollow = false, label, size = 9, className }: {
  color: string; hollow?: boolean; label?: string; size?: number; className?: string;
}) {
  return (
    <span
      role={label === undefined ? undefined : "img"}
      aria-label={label}
      aria-hidden={label === undefined || undefined}
      title={label}
      className={classes("inline-block shrink-0 rounded-full", className)}
      style={{
        width: size, height: size, backgroundColor: hollow ? "transparent" : color,
        boxShadow: hollow ? `inset 0 0 0 1.5px ${color}` : undefined,
      }}
    />
  );
}
