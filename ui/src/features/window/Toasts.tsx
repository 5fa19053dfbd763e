import { useEffect } from "react";
import { Button, IconButton } from "@/components";
import { CloseIcon } from "@/components/icons";
import { dismissToast, useStore, type Toast } from "@/state/store";

const STAYS_MS = 4000;
const STAYS_TO_ACT_MS = 9000;

export function Toasts() {
  const toasts = useStore((state) => state.toasts);
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed right-4 bottom-4 z-50 flex w-[380px] max-w-[calc(100vw-32px)] flex-col items-end gap-2">
      {toasts.map((toast) => <One key={toast.id} toast={toast} />)}
    </div>
  );
}

function One({ toast: { id, message, tone, action } }: { toast: Toast }) {
  const isOffered = useStore(({ workspace }) => action !== undefined && (action.edit === undefined || action.edit === workspace?.lastEdit));
  const stays = action || tone === "bad" ? STAYS_TO_ACT_MS : STAYS_MS;
  useEffect(() => {
    const timer = setTimeout(() => dismissToast(id), stays);
    return () => clearTimeout(timer);
  }, [id, stays]);
  return (
    <div className="rise pointer-events-auto flex max-w-full items-start gap-2 rounded-[9px] border border-line bg-panel py-1.5 pr-1.5 pl-3 shadow-float">
      <p className={`min-w-0 py-[3px] break-words ${tone === "bad" ? "text-bad" : ""}`}>{message}</p>
      {action && isOffered ? (
        <Button
          look="quiet" className="h-6"
          onClick={() => {
            dismissToast(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      ) : null}
      <IconButton label="Close" onClick={() => dismissToast(id)}><CloseIcon size={12} /></IconButton>
    </div>
  );
}
