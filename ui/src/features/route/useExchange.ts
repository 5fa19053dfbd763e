import { useEffect, useState } from "react";
import { ApiError } from "@/api/client";
import type { Exchange, ExchangeRow } from "@/api/types";
import { messageOf } from "@/state/operations";
import { useStore } from "@/state/store";

export type Loaded =
  | { kind: "loading"; before: Exchange | null }
  | { kind: "loaded"; exchange: Exchange }
  | { kind: "gone" }
  | { kind: "failed"; message: string };

const HELD_KEY_MS = 40;

/** The whole exchange, asked for again whenever its row changed. What was shown before stays until the new one is there. */
export function useExchange(id: string, row: ExchangeRow | null): Loaded {
  const api = useStore((state) => state.api);
  const [loaded, setLoaded] = useState<Loaded>({ kind: "loading", before: null });
  const version = row ? [row.state, row.status, row.responseBytes, row.diagnostics.length, row.rewrittenTo].join() : "";

  useEffect(() => {
    if (!api) return;
    let over = false;
    // A held arrow key passes many rows; only the one it rests on is worth asking for.
    const timer = setTimeout(() => {
      api.exchange(id).then(
        (exchange) => {
          if (!over) setLoaded({ kind: "loaded", exchange });
        },
        (error: unknown) => {
          if (over) return;
          const gone = error instanceof ApiError && error.status === 404;
          setLoaded(gone ? { kind: "gone" } : { kind: "failed", message: messageOf(error) });
        },
      );
    }, HELD_KEY_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [api, id, version]);

  if (loaded.kind === "loaded" && loaded.exchange.id !== id) return { kind: "loading", before: loaded.exchange };
  return loaded;
}
