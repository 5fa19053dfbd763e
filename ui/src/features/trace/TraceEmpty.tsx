import { Button } from "@/components";
import { setFilter, useStore } from "@/state/store";
import { useView } from "./view";

/** Why there is nothing to see, and what to do next. */
export function TraceEmpty() {
  const filter = useStore((state) => state.filter);
  const any = useStore((state) => state.exchanges.order.length > 0);
  const paused = useView((view) => view.paused !== null);
  return (
    <div className="flex h-full flex-col items-center justify-center gap-2 p-4 text-center text-second">
      {filter !== "" ? (
        <>
          <p>{any ? "No exchange fits the filter." : "Nothing came through yet that fits the filter."}</p>
          <Button onClick={() => setFilter("")}>Clear the filter</Button>
        </>
      ) : paused ? (
        <p>Paused before anything came through.</p>
      ) : (
        <p>Every request that a pane makes appears here as it happens.</p>
      )}
    </div>
  );
}
