import type { ReactNode } from "react";

/** A titled part of the route. */
export function Section({ title, detail, children }: { title: string; detail?: ReactNode; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-1.5">
      <h3 className="flex items-baseline gap-2 text-cap font-name text-second">
        {title}
        {detail === undefined ? null : <span className="font-normal text-third">{detail}</span>}
      </h3>
      {children}
    </section>
  );
}
