import { useMemo, useState } from "react";
import { panesOf, type PaneSpec } from "@/state/selection";
import { focusPane, useStore } from "@/state/store";
import { useFacts, noFacts } from "./facts";
import { GAP, layout, steadyOrder } from "./layout";
import { NoPanes } from "./NoPanes";
import { Pane } from "./Pane";
import { usePaneCommands } from "./usePaneCommands";
import { useRoom } from "./useRoom";

/** Panes beyond this many load only when they come into view. */
const EAGER = 6;

/** The panes of what is chosen: a grid, or one in focus beside a filmstrip of the others. */
export function Panes() {
  const tenants = useStore((state) => state.selection.tenants);
  const previews = useStore((state) => state.selection.previews);
  const sessions = useStore((state) => state.selection.sessions);
  const focused = useStore((state) => state.focusedPane);
  const panes = useMemo(() => panesOf({ tenants, previews, sessions }), [tenants, previews, sessions]);
  const inOrder = useSteadyOrder(panes);
  const facts = useFacts(panes);
  const { ref, room } = useRoom<HTMLDivElement>();
  const inner = room && { width: room.width - 2 * GAP, height: room.height - 2 * GAP };
  const placed = inner && layout(panes, inner, focused);
  usePaneCommands(panes, focused);

  if (panes.length === 0 || previews.length === 0) return <NoPanes />;
  return (
    <div
      ref={ref}
      role="region"
      aria-label="Panes"
      className="relative h-full overflow-auto bg-bg"
      onKeyDown={(event) => {
        if (event.key === "Escape" && focused !== null) focusPane(null);
      }}
    >
      {placed && (
        <div className="relative" style={{ width: placed.content.width + 2 * GAP, height: placed.content.height + 2 * GAP }}>
          {inOrder.map((spec) => {
            const place = placed.places.get(spec.key);
            return place ? (
              <Pane
                key={spec.key}
                spec={spec}
                place={place}
                main={focused !== null && place.role === "strip" ? (placed.places.get(focused) ?? null) : null}
                facts={facts.get(spec.key) ?? noFacts}
                eager={panes.length <= EAGER}
                alone={panes.length === 1}
                inFocus={spec.key === focused && panes.length > 1}
                showPreview={previews.length > 1}
              />
            ) : null;
          })}
        </div>
      )}
    </div>
  );
}

/** The panes in an order in which none that stays changes place: a frame that is moved in the document loads again. */
function useSteadyOrder(panes: readonly PaneSpec[]): readonly PaneSpec[] {
  const [steady, setSteady] = useState({ panes, order: panes });
  if (steady.panes === panes) return steady.order;
  const order = steadyOrder(steady.order, panes);
  setSteady({ panes, order });
  return order;
}
