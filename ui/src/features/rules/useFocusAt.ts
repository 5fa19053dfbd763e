import { useLayoutEffect, useRef } from "react";

/**
 * A rule that moves takes the focus along; one that goes leaves it to its neighbour. Rows are known by their place only. It is
 * put before the next key can come: that one is meant for where the rule is by then.
 */
export function useFocusAt() {
  const ref = useRef<HTMLOListElement>(null);
  const wanted = useRef<{ at: number; act: string } | null>(null);
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const { at, act } = wanted.current;
    wanted.current = null;
    const row = ref.current?.querySelector(`[data-rule="${at}"]`);
    const target = row?.querySelector<HTMLElement>(`[data-act="${act}"]`) ?? row?.querySelector<HTMLElement>("[data-act=edit]");
    (target ?? ref.current?.parentElement?.querySelector<HTMLElement>("[data-add]"))?.focus();
  });
  const put = (at: number, act: "edit" | "same") => {
    const now = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["act"] : undefined;
    wanted.current = { at, act: act === "same" ? (now ?? "edit") : act };
  };
  return [ref, put] as const;
}
