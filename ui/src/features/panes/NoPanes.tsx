import type { ReactNode } from "react";
import { Button } from "@/components";
import { openDialog, useStore } from "@/state/store";

/** Why there is no page to see, and the next thing to do. */
export function NoPanes() {
  const previews = useStore((state) => state.workspace?.previews.length ?? 0);
  const broken = useStore((state) => state.workspace?.problems.some(({ severity }) => severity === "error") ?? false);
  if (previews > 0) return <Empty title="No preview is chosen">Choose one on the left, and one tenant or several, to see their pages side by side.</Empty>;
  if (broken) {
    return (
      <Empty title="The workspace cannot be read yet" action={<Button onClick={() => openDialog({ kind: "problems" })}>Show what is wrong</Button>}>
        Its file has errors. Mend and save it, and the panes come by themselves.
      </Empty>
    );
  }
  return (
    <Empty title="No preview yet" action={<Button look="strong" onClick={() => openDialog({ kind: "preview", name: null })}>Add a preview</Button>}>
      A preview is one running copy of your app: a dev server or a deployment. Give its address, and every tenant can be seen on it.
    </Empty>
  );
}

function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 overflow-auto bg-bg p-6 text-center">
      <div className="max-w-80">
        <h2 className="font-name">{title}</h2>
        <p className="mt-1 text-second">{children}</p>
      </div>
      {action}
    </div>
  );
}
