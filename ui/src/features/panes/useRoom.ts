import { useCallback, useState } from "react";
import type { Size } from "./layout";

/** The inner size of an element, in whole pixels, as it changes. It may come later than who asks: an empty state may stand in its place. */
export function useRoom<E extends HTMLElement>() {
  const [room, setRoom] = useState<Size | null>(null);
  const ref = useCallback((element: E) => {
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setRoom((before) => (before && before.width === width && before.height === height ? before : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, room };
}
