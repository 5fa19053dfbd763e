import { useRef } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { chooseExchange, useStore } from "@/state/store";
import { RouteDetail } from "../route/RouteDetail";
import { useRoom } from "../panes/useRoom";
import { TraceList } from "./TraceList";
import { useShownExchanges } from "./view";
import { suggestion } from "./suggestion";

/** Below this width the route lies over the list instead of beside it. */
const BESIDE = 780;

export function TraceSplit() {
  const { ref, room } = useRoom<HTMLDivElement>();
  const exchanges = useShownExchanges();
  const chosen = useStore((state) => state.chosenExchange);
  const split = useDefaultLayout({ id: "tripledash.trace", storage: localStorage });
  const detail = useRef<HTMLDivElement>(null);
  const beside = room !== null && room.width >= BESIDE;
  const suggested = beside && chosen === null ? suggestion(exchanges) : null;
  const shown = chosen ?? suggested?.id ?? null;
  const enter = () => detail.current?.focus();

  const route = shown === null ? null : (
    <RouteDetail ref={detail} id={shown} row={exchanges.byId.get(shown)?.row ?? null} note={suggested?.note ?? null} onClose={chosen === null ? null : () => chooseExchange(null)} />
  );
  const list = <TraceList exchanges={exchanges} shown={shown} onEnter={enter} />;
  return (
    <div ref={ref} className="relative h-full">
      {beside ? (
        <Group className="h-full" defaultLayout={split.defaultLayout} onLayoutChanged={split.onLayoutChanged}>
          <Panel id="list" minSize={360}>{list}</Panel>
          {route ? <Separator className="w-px bg-line data-[separator=active]:bg-line-strong data-[separator=hover]:bg-line-strong" /> : null}
          {route ? <Panel id="route" defaultSize="42%" minSize={320}>{route}</Panel> : null}
        </Group>
      ) : (
        <>
          {list}
          {route ? <div className="rise absolute inset-0 z-10 bg-panel">{route}</div> : null}
        </>
      )}
    </div>
  );
}
