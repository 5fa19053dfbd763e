import { useEffect, useState } from "react";
import { Button } from "@/components";
import { WarningIcon } from "@/components/icons";
import { retryNow } from "@/state/connect";
import { sentence } from "@/state/words";
import { useStore } from "@/state/store";

/** A short break mends itself before anybody has to know of it. */
const QUIET_ATTEMPTS = 1;

/** Says that what is shown is no longer live, and when it is tried again. */
export function ConnectionBanner() {
  const connection = useStore((state) => state.connection);
  const lost = connection.kind === "lost" && connection.attempt > QUIET_ATTEMPTS ? connection : null;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [lost]);
  if (connection.kind === "refused" && connection.error.status !== 401)
    return <Strip title="The engine refused the stream" text={sentence(connection.error.message)} />;
  if (!lost) return null;
  const seconds = Math.max(0, Math.ceil((lost.retryAt - now) / 1000));
  return (
    <Strip title="Connection to the engine lost" text={`What you see is as it was. ${seconds > 0 ? `Trying again in ${seconds} s.` : "Trying again…"}`}>
      <Button look="quiet" className="h-6" onClick={retryNow}>Try now</Button>
    </Strip>
  );
}

function Strip({ title, text, children }: { title: string; text: string; children?: React.ReactNode }) {
  return (
    <div role="alert" data-testid="connection-banner" className="flex h-9 shrink-0 items-center gap-2.5 border-b border-line bg-panel px-4">
      <span className="text-warn"><WarningIcon /></span>
      <span className="shrink-0 font-name">{title}</span>
      <span className="min-w-0 flex-1 truncate text-second">{text}</span>
      {children}
    </div>
  );
}
