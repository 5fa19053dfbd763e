import { useEffect, useState } from "react";
import type { LogLine } from "@/api/types";
import { stageOf } from "@/state/serving";
import { useStore } from "@/state/store";
import { textOf } from "../log/rows";
import { usePreview } from "./usePreview";

/** Panes ask page by page: a stream for each of them would take the few connections that a browser opens to one host. */
const ASK_MS = 700;
const KEPT = 8;

const none: readonly LogLine[] = [];

/** The last lines that a preview's server printed itself and that are not empty; asked for again while it is underway. */
export function useTail(name: string): readonly LogLine[] {
  const api = useStore((state) => state.api);
  const server = usePreview(name)?.server ?? null;
  const has = server?.hasLog === true;
  const state = server?.state ?? "stopped";
  const underway = server !== null && stageOf(server) === "underway";
  const [tail, setTail] = useState<{ name: string; lines: readonly LogLine[] }>({ name, lines: none });

  useEffect(() => {
    if (!api || !has) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let next = 0;
    let lines: readonly LogLine[] = none;
    const ask = async () => {
      try {
        for (;;) {
          const page = await api.serverLog(name, next);
          if (over) return;
          next = page.next;
          lines = [...lines, ...page.lines.filter((line) => line.stream !== "remark" && textOf(line).trim() !== "")].slice(-KEPT);
          if (page.lines.length === 0) break;
        }
        setTail({ name, lines });
      } catch {
        // a run that has just been asked for has no log yet; the state tells when it has
      }
      if (underway && !over) timer = setTimeout(() => void ask(), ASK_MS);
    };
    void ask();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [api, name, has, state, underway]);
  return has && tail.name === name ? tail.lines : none;
}
