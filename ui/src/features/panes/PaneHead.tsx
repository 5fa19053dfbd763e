import type { Address } from "@/api/types";
import { Badge, classes, Dot, IconButton, MiddleEllipsis } from "@/components";
import { BackIcon, FocusIcon, GridIcon, LockIcon, ReloadIcon, UnlockIcon, WarningIcon } from "@/components/icons";
import type { PaneSpec } from "@/state/selection";
import { focusPane, setFilter } from "@/state/store";
import { Unverified } from "../side/Unverified";
import { duration, text } from "../trace/format";
import { DeviceMenu } from "./DeviceMenu";
import { ErrorMenu } from "./ErrorMenu";
import { issuesFilter, type Facts } from "./facts";
import * as hub from "./hub";
import { HEAD, type Size } from "./layout";
import { noLive, useLive, type View } from "./live";
import { MoreMenu } from "./MoreMenu";
import { usePreview } from "./usePreview";

export const statusTone = (status: number): string =>
  status >= 500 ? "text-bad" : status >= 400 ? "text-bad" : status >= 300 ? "text-second" : "text-ok";

/** Who and where a pane is, how its last page load went, and what can be done with it. Gives way by its own width. */
export function PaneHead({ spec, name, mark, path, address, facts, viewport, scale, view, alone, inFocus, showPreview }: {
  spec: PaneSpec; name: string; mark: string; path: string; address: Address | undefined; facts: Facts;
  viewport: Size; scale: number; view: View; alone: boolean; inFocus: boolean; showPreview: boolean;
}) {
  const live = useLive((state) => state.live[spec.key]) ?? noLive;
  const preview = usePreview(spec.preview);
  const time = facts.durationUs === null ? null : text(duration(facts.durationUs));
  return (
    <div className="@container shrink-0 border-b border-line">
      <div
        className="flex items-center gap-2 pr-1.5 pl-3"
        style={{ height: HEAD - 1 }}
        onDoubleClick={(event) => {
          if (!alone && !(event.target as Element).closest("button")) focusPane(inFocus ? null : spec.key);
        }}
      >
        <Dot color={mark} />
        <h2 className={classes("flex text-body font-name", showPreview ? "max-w-[45%] min-w-14" : "max-w-[55%] min-w-[6ch]")} style={{ flexShrink: showPreview ? 1 : 0.1 }}><MiddleEllipsis text={name} tail={showPreview ? 4 : 7} wire={false} /></h2>
        {spec.session === null ? null : <Badge title={`Session ${spec.session}: a cookie jar of its own`} className="wire">{spec.session}</Badge>}
        {showPreview || spec.tenant === null ? <span className="wire flex max-w-[40%] min-w-14 shrink text-third"><MiddleEllipsis text={spec.preview} tail={4} /></span> : null}
        {preview?.access === "read-only" ? <AccessMark unlocked={preview.unlocked} /> : null}
        {preview?.insecure ? <Unverified /> : null}
        <span className={classes("wire flex min-w-[calc(1ch+12px)] shrink rounded-[5px] bg-raised px-1.5 text-second", showPreview && "@max-[340px]:hidden")}><MiddleEllipsis text={path} tail={10} /></span>
        <span className="flex-1" />
        {live.errors.length > 0 ? <ErrorMenu errors={live.errors} /> : null}
        {facts.issues > 0 ? (
          <button
            type="button"
            className="wire inline-flex h-6 shrink-0 items-center gap-1 rounded-[5px] px-1 text-warn hover:bg-raised"
            title="Show them in the trace"
            onClick={() => setFilter(issuesFilter(spec))}
          >
            <WarningIcon size={12} />
            {facts.issues}
            <span className="@max-[430px]:sr-only"> {facts.issues === 1 ? "issue" : "issues"}</span>
          </button>
        ) : null}
        {facts.status === null ? null : (
          <span className={classes("wire shrink-0", statusTone(facts.status))} title="Status of the last page load">{facts.status}</span>
        )}
        {time === null ? null : <span className="wire shrink-0 text-second @max-[350px]:hidden" title="Time of the last page load">{time}</span>}
        <span className="flex shrink-0 items-center">
          <DeviceMenu spec={spec} view={view} viewport={viewport} scale={scale} />
          <span className="contents @max-[430px]:hidden">
            <IconButton label="Back" disabled={live.canGoBack === false || !live.ready} onClick={() => hub.traverse(spec.key, "back")}><BackIcon /></IconButton>
          </span>
          <span className="contents @max-[340px]:hidden">
            <IconButton label="Reload" onClick={() => hub.reload(spec.key, path)}><ReloadIcon /></IconButton>
          </span>
          {alone ? null : (
            <span className={classes("contents", !inFocus && "@max-[430px]:hidden")}>
              <IconButton label={inFocus ? "Back to all panes" : "Focus this pane"} onClick={() => focusPane(inFocus ? null : spec.key)}>{inFocus ? <GridIcon /> : <FocusIcon />}</IconButton>
            </span>
          )}
          <MoreMenu spec={spec} name={name} path={path} address={address} inFocus={inFocus} alone={alone} />
        </span>
      </div>
    </div>
  );
}

function AccessMark({ unlocked }: { unlocked: boolean }) {
  return unlocked ? (
    <span className="shrink-0 text-warn" role="img" aria-label="Unlocked" title="Unlocked: every method is passed on"><UnlockIcon size={13} /></span>
  ) : (
    <span className="shrink-0 text-third" role="img" aria-label="Read-only" title="Read-only: unsafe methods are refused"><LockIcon size={13} /></span>
  );
}
