import { useEffect, useState } from "react";
import type { Explanation } from "@/api/types";
import { messageOf } from "@/state/operations";
import { useStore } from "@/state/store";

const ASK_AFTER_MS = 120;

export type WhatIf = { explanation: Explanation | null; problem: string | null };

const nothing: WhatIf = { explanation: null, problem: null };

/** What would become of a request, asked again with every change of the workspace. The last answer stays until the next is there. */
export function useWhatIf(url: string): WhatIf {
  const api = useStore((state) => state.api);
  const generation = useStore((state) => state.workspace?.generation);
  const [told, setTold] = useState(nothing);
  useEffect(() => {
    if (!api || url.trim() === "") return;
    let wanted = true;
    const timer = setTimeout(() => {
      api.explain({ url: /^[a-z]+:\/\//i.test(url.trim()) ? url.trim() : `http://${url.trim()}` }).then(
        (explanation) => (wanted ? setTold({ explanation, problem: null }) : undefined),
        (error: unknown) => (wanted ? setTold({ explanation: null, problem: messageOf(error) }) : undefined),
      );
    }, ASK_AFTER_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [api, url, generation]);
  return url.trim() === "" ? nothing : told;
}
