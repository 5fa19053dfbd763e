import type { ReactNode } from "react";
import { Button } from "@/components";
import { refreshSources } from "@/state/serving";
import { openDialog, useStore } from "@/state/store";
import { sentence } from "@/state/words";
import type { Source } from "@/api/types";

const none: readonly Source[] = [];

/** Why there is no page to see, and the next thing to do. */
export function NoPanes() {
  const previews = useStore((state) => state.workspace?.previews.length ?? 0);
  const broken = useStore((state) => state.workspace?.problems.some(({ severity }) => severity === "error") ?? false);
  const sources = useStore((state) => state.workspace?.sources ?? none);
  const [source] = sources;
  const wrong = sources.find(({ message, status }) => message !== null || status === "untrusted");
  if (previews > 0) return <Empty title="No preview is chosen">Choose one on the left, and one tenant or several, to see their pages side by side.</Empty>;
  if (broken) {
    return (
      <Empty title="The workspace cannot be read yet" action={<Button onClick={() => openDialog({ kind: "problems" })}>Show what is wrong</Button>}>
        Its file has errors. Mend and save it, and the panes come by themselves.
      </Empty>
    );
  }
  if (sources.some(({ status }) => status === "reading")) return <Empty title="Looking for previews…">{sources.map(({ text }) => text).join(", ")}</Empty>;
  if (wrong) {
    return (
      <Empty
        title="No preview was found"
        action={wrong.status === "untrusted"
          ? <Button look="strong" onClick={() => openDialog({ kind: "trust", start: null })}>See what it would do…</Button>
          : <Button onClick={() => void refreshSources()}>Look again</Button>}
      >
        {sentence([wrong.message, wrong.fix].filter((part) => part !== null).map((part) => sentence(part)).join(" "))}
      </Empty>
    );
  }
  if (source) {
    return (
      <Empty title="No preview was found" action={<Button onClick={() => void refreshSources()}>Look again</Button>}>
        <span className="wire">{source.text}</span> has none that tripledash.json asks for.
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
