import { useEffect, useRef, useState } from "react";
import type { PaneSpec } from "@/state/selection";
import type { Fit } from "./devices";
import * as hub from "./hub";
import type { Size } from "./layout";
import { liveOf, useLive } from "./live";
import { usePreview } from "./usePreview";

/** Everything a tenant's page needs, and nothing that lets it steer the window around it. */
const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads";

/**
 * The tenant's page. The frame's address is set by hand and only where it must change, so that nothing else that happens in
 * the window loads a page again.
 */
export function PaneFrame({ spec, title, url, prefix, path, serial, fit, room, eager, failed }: {
  spec: PaneSpec; title: string; url: string | null; prefix: string; path: string; serial: number; fit: Fit; room: Size; eager: boolean;
  /** The last page load was answered for the app, not by it. */
  failed: boolean;
}) {
  const frame = useRef<HTMLIFrameElement>(null);
  const shown = useRef<{ home: string; serial: number } | null>(null);
  const wanted = useInView(frame, eager);
  const loading = useLive((state) => state.live[spec.key]?.loading ?? true);
  const painted = usePainted(spec.key);
  const { status, requestsSince = null } = usePreview(spec.preview) ?? {};

  useEffect(() => {
    if (!frame.current) return;
    shown.current = null;
    return hub.register(spec, frame.current);
  }, [spec]);

  useEffect(() => {
    if (!wanted || url === null) return;
    const home = new URL(url).origin + prefix;
    if (shown.current?.home !== home) {
      shown.current = { home, serial };
      hub.load(spec.key, url, prefix);
    } else if (shown.current.serial !== serial) {
      shown.current = { home, serial };
      void hub.steer(spec.key, path);
    }
  }, [spec, wanted, url, prefix, path, serial]);

  // A preview that came up again is asked again, where its pane shows that it was down.
  const before = useRef(status);
  useEffect(() => {
    const cameUp = before.current === "down" && status === "up";
    before.current = status;
    if (cameUp && (failed || !liveOf(spec.key).ready) && shown.current) hub.reload(spec.key, path);
  }, [status, spec, path, failed]);

  // What is shown is not what is there, once its requests go elsewhere or are other ones.
  const asked = useRef(requestsSince);
  useEffect(() => {
    const changed = asked.current !== null && requestsSince !== null && asked.current !== requestsSince;
    asked.current = requestsSince ?? asked.current;
    if (changed && shown.current) hub.reload(spec.key, path);
  }, [requestsSince, spec, path]);

  const { viewport, scale, left, top } = fit;
  const scrolls = viewport.width * scale > room.width + 1 || viewport.height * scale > room.height + 1;
  return (
    <div className={`relative min-h-0 flex-1 bg-bg ${scrolls ? "overflow-auto" : "overflow-hidden"}`} aria-busy={loading}>
      <iframe
        ref={frame}
        title={title}
        sandbox={SANDBOX}
        allow="clipboard-read; clipboard-write; fullscreen"
        onLoad={() => hub.loaded(spec.key)}
        className="absolute block border-0"
        style={{
          left, top, width: viewport.width, height: viewport.height, background: "#fff", visibility: painted ? undefined : "hidden", colorScheme: "normal",
          transform: scale === 1 ? undefined : `scale(${scale})`, transformOrigin: "0 0",
        }}
      />
      {loading ? <div aria-hidden className="absolute inset-x-0 top-0 h-0.5 animate-pulse bg-second" /> : null}
    </div>
  );
}

/** True from the first time the element is near the view on; always where there are few. */
function useInView(element: React.RefObject<HTMLElement | null>, eager: boolean): boolean {
  const [seen, setSeen] = useState(false);
  const wanted = eager || seen;
  useEffect(() => {
    const target = element.current;
    if (wanted || !target) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: "120px" },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, wanted]);
  return wanted;
}

/** True from the first document on: until then the frame would be a white hole in a dark window. */
function usePainted(key: string): boolean {
  const [painted, setPainted] = useState(false);
  const shows = useLive(({ live }) => live[key] !== undefined && (live[key].ready || !live[key].loading));
  if (shows && !painted) setPainted(true);
  useEffect(() => {
    if (painted) return;
    // A document that streams for ever and has no agent never says that it is there.
    const timer = setTimeout(() => setPainted(true), 1500);
    return () => clearTimeout(timer);
  }, [painted]);
  return painted;
}
