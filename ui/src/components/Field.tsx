import { useId, type ComponentProps, type ReactNode } from "react";
import { classes } from "./classes";

export const inputClasses =
  "h-8 w-full min-w-0 rounded-control border border-line bg-bg px-2.5 text-body text-text outline-offset-0 hover:border-line-strong focus-visible:border-transparent";

/** A labelled line of text, with its hint and, when it is wrong, why. In a table, whose head labels it, its own label is only read aloud. */
export function TextField({ label, hint, problem, wire = false, inTable = false, className, ...rest }: ComponentProps<"input"> & {
  label: string; hint?: ReactNode; problem?: string | null | undefined; wire?: boolean; inTable?: boolean;
}) {
  const id = useId();
  const described = problem ? `${id}-problem` : hint ? `${id}-hint` : undefined;
  return (
    <div className={classes("flex flex-col gap-1", className)}>
      <label htmlFor={id} className={inTable ? "sr-only" : "text-cap text-second"}>{label}</label>
      <input
        id={id}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={problem ? true : undefined}
        aria-describedby={described}
        className={classes(inputClasses, wire && "wire", problem && "border-bad")}
        {...rest}
      />
      {problem ? (
        <p id={`${id}-problem`} role="alert" className="text-cap text-bad">{problem}</p>
      ) : hint ? (
        <p id={`${id}-hint`} className="text-cap text-third">{hint}</p>
      ) : null}
    </div>
  );
}
