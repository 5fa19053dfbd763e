import { memo, useState } from "react";
import type { Address } from "@/api/types";
import { useAddress } from "@/state/addresses";
import type { PaneSpec } from "@/state/selection";
import { leadsNowhere } from "@/state/serving";
import { focusPane } from "@/state/store";
import { useTenant, useTenantColors } from "@/state/tenants";
import { deviceOf, fit } from "./devices";
import { noFacts, type Facts } from "./facts";
import { HEAD, type Place } from "./layout";
import { plainView, useLive } from "./live";
import { PaneBar, useBar } from "./PaneBar";
import { PaneFrame } from "./PaneFrame";
import { PaneHead } from "./PaneHead";
import { PaneProblem } from "./PaneProblem";
import { PaneStandby } from "./PaneStandby";
import { PaneUntrusted } from "./PaneUntrusted";
import { PaneVariables } from "./PaneVariables";
import { StripHead } from "./StripHead";
import { usePath } from "./usePath";
import { usePreview } from "./usePreview";

const STRIPE = 3;
const BAR = 30;

export type PaneProps = {
  spec: PaneSpec;
  place: Place;
  /** The pane in focus, where this one is a picture beside it. */
  main: Place | null;
  facts: Facts;
  eager: boolean;
  alone: boolean;
  inFocus: boolean;
  showPreview: boolean;
};

export const paneTestId = ({ tenant, preview, session }: PaneSpec) =>
  `pane-${tenant ?? ""}-${preview}${session === null ? "" : `-${session}`}`;

/** One tenant's page on one preview, in one session. */
export const Pane = memo(function Pane({ spec, place, main, facts: told, eager, alone, inFocus, showPreview }: PaneProps) {
  const preview = usePreview(spec.preview);
  const nowhere = preview !== undefined && leadsNowhere(preview);
  const { start, now, serial, parts } = usePath(spec, nowhere);
  const address = useLastKnown(useAddress({ tenant: spec.tenant, parts, preview: spec.preview, session: spec.session, path: start }));
  const view = useLive((state) => state.views[spec.key]) ?? plainView;
  const colors = useTenantColors(spec.tenant);
  const name = useTenant(spec.tenant)?.name ?? spec.tenant ?? "No tenant";
  const bar = useBar(spec, now);
  const lacking = preview?.missingVariables ?? [];
  // how a page loaded that is not shown any more says nothing
  const facts = nowhere ? noFacts : told;

  const strip = place.role === "strip";
  const problem = address?.problems.find(({ severity }) => severity === "error");
  const barHeight = bar && !strip ? BAR : 0;
  const bodyOf = ({ width, height }: Place) => ({ width: width - 2, height: height - 2 - HEAD - STRIPE - barHeight });
  const room = bodyOf(place);
  const fitted = strip && main ? fitPicture(bodyOf(main), room) : fit(deviceOf(view.device), view.zoom, room);
  const title = [name, showPreview || spec.tenant === null ? spec.preview : null, spec.session].filter(Boolean).join(", ");

  return (
    <section
      aria-label={title}
      tabIndex={-1}
      data-testid={paneTestId(spec)}
      className="absolute flex flex-col overflow-hidden rounded-pane border border-line bg-panel"
      style={{ left: place.left + 10, top: place.top + 10, width: place.width, height: place.height }}
    >
      <div aria-hidden className="shrink-0" style={{ height: STRIPE, background: colors.mark }} />
      {strip ? (
        <StripHead name={name} spec={spec} mark={colors.mark} facts={facts} showPreview={showPreview} />
      ) : (
        <PaneHead
          spec={spec} name={name} mark={colors.mark} path={now} address={address} facts={facts}
          viewport={fitted.viewport} scale={fitted.scale} view={view} alone={alone} inFocus={inFocus} showPreview={showPreview}
        />
      )}
      {bar && !strip ? <PaneBar {...bar} /> : null}
      {preview && preview.untrusted !== null ? (
        <PaneUntrusted preview={spec.preview} sends={preview.untrusted} brief={strip} />
      ) : preview && nowhere ? (
        <PaneStandby preview={preview} brief={strip} />
      ) : problem && address ? (
        <PaneProblem address={address} spec={spec} name={name} />
      ) : lacking.length > 0 ? (
        <PaneVariables preview={spec.preview} names={lacking} brief={strip} />
      ) : (
        <PaneFrame
          spec={spec} title={title} url={address?.url ?? null} prefix={address?.pathPrefix ?? ""} path={start} serial={serial} fit={fitted} room={room} eager={eager}
          failed={facts.status !== null && facts.status >= 502}
        />
      )}
      {strip ? (
        <button
          type="button"
          className="absolute inset-0 rounded-pane outline-offset-[-3px] hover:bg-text/5"
          aria-label={`Focus ${title}`}
          onClick={() => {
            focusPane(spec.key);
          }}
        />
      ) : null}
    </section>
  );
});

/** A small picture of a page laid out for the large pane. */
function fitPicture(viewport: { width: number; height: number }, room: { width: number; height: number }) {
  const scale = room.width / viewport.width;
  return { viewport: { width: viewport.width, height: Math.round(room.height / scale) }, scale, left: 0, top: 0 };
}

/** While the engine builds an address anew (the workspace was saved), the one before stands, so that nothing flickers. */
function useLastKnown(address: Address | undefined): Address | undefined {
  const [last, setLast] = useState(address);
  if (address !== undefined && address !== last) setLast(address);
  return address ?? last;
}
