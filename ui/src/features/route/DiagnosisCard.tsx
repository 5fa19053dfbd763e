import type { ReactNode } from "react";
import type { Diagnostic } from "@/api/types";
import { Button, Dot } from "@/components";
import { copyText } from "@/state/operations";
import { useStore } from "@/state/store";

export const severityColor = (severity: string): string =>
  severity === "error" ? "var(--td-bad)" : severity === "warning" ? "var(--td-warn)" : "var(--td-third)";

/** A diagnostic's title as the engine words it; its code, spelled out, until the engine has told. */
export function useTitle(code: string): string {
  const title = useStore((state) => state.exchanges.diagnostics.find((one) => one.code === code)?.title);
  const words = code.replaceAll("-", " ");
  return title ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** What is wrong, what shows it, and the line that mends it. */
export function DiagnosisCard({ found, aside }: { found: Diagnostic; aside?: ReactNode }) {
  const title = useTitle(found.code);
  return (
    <article aria-label={title} className="flex flex-col gap-1.5 rounded-[8px] border border-line px-3 py-2.5">
      <header className="flex items-center gap-2">
        <Dot color={severityColor(found.severity)} size={8} label={found.severity} />
        <h4 className="min-w-0 truncate font-name">{title}</h4>
        <span className="wire min-w-0 truncate !text-cap text-third">{found.code}</span>
        {aside === undefined ? null : <span className="ml-auto flex shrink-0 items-center gap-1">{aside}</span>}
      </header>
      <p className="text-second">{found.message}</p>
      {found.evidence.length > 0 ? (
        <ul aria-label="Evidence" className="wire flex flex-col text-second">
          {found.evidence.map((line, at) => <li key={at} className="border-l-2 border-line-strong pl-2 break-all">{line}</li>)}
        </ul>
      ) : null}
      {found.fix ? <Fix fix={found.fix} /> : null}
    </article>
  );
}

function Fix({ fix }: { fix: string }) {
  return (
    <div className="mt-0.5 flex items-start gap-2 rounded-control bg-raised py-1 pr-1 pl-2.5">
      <pre className="wire min-w-0 flex-1 py-0.5 break-words whitespace-pre-wrap">{fix}</pre>
      <Button look="quiet" className="h-6 px-2 text-cap hover:bg-panel" onClick={() => void copyText(fix, "the fix")}>Copy</Button>
    </div>
  );
}
