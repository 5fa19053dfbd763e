import { classes, Dot } from "@/components";
import { WarningIcon } from "@/components/icons";
import type { PaneSpec } from "@/state/selection";
import type { Facts } from "./facts";
import { HEAD } from "./layout";
import { Unverified } from "../side/Unverified";
import { count } from "../trace/format";
import { statusTone } from "./PaneHead";
import { usePreview } from "./usePreview";

/** The head of a picture in the filmstrip: who it is, and whether all is well. */
export function StripHead({ name, spec, mark, facts, showPreview }: {
  name: string; spec: PaneSpec; mark: string; facts: Facts; showPreview: boolean;
}) {
  const preview = usePreview(spec.preview);
  return (
    <div className="flex shrink-0 items-center gap-2 border-b border-line px-2.5" style={{ height: HEAD }}>
      <Dot color={mark} size={8} />
      <span className="min-w-0 flex-1 truncate font-name">
        {name}
        {showPreview || spec.session ? <span className="wire text-third"> {[showPreview && spec.preview, spec.session].filter(Boolean).join(" ")}</span> : null}
      </span>
      {preview?.insecure ? <Unverified plain className="text-cap" /> : null}
      {facts.issues > 0 ? <span className="wire inline-flex items-center gap-1 text-warn" title={`${count(facts.issues, "issue")} since the last page load`}><WarningIcon size={12} />{facts.issues}</span> : null}
      {facts.status === null ? null : <span className={classes("wire", statusTone(facts.status))}>{facts.status}</span>}
    </div>
  );
}
