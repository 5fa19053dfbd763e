import { Button } from "@/components";
import { openDialog } from "@/state/store";
import { sentence } from "@/state/words";

/** A preview that would send what is the person's own to another machine. It waits until they have seen what, and its page comes by itself. */
export function PaneUntrusted({ preview, sends, brief }: {
  preview: string;
  /** `sends TOKEN to https://a.example` */
  sends: string;
  /** A small picture of a pane has no room to ask. */
  brief: boolean;
}) {
  if (brief) return <p className="flex min-h-0 flex-1 items-center justify-center bg-bg p-2 text-center text-cap text-warn">waits for trust</p>;
  return (
    <div className="min-h-0 flex-1 overflow-auto bg-bg">
      <div className="mx-auto flex min-h-full max-w-[440px] flex-col items-start justify-center gap-3.5 p-5">
        <div role="status" className="flex flex-col gap-3.5">
          <h3 className="text-title font-name break-words">{`${preview} waits for your trust`}</h3>
          <p className="break-words text-second">{sentence(`the file of this folder ${sends}`)} Until you trust the folder with that, no request of this preview is sent.</p>
        </div>
        <Button look="strong" onClick={() => openDialog({ kind: "trust", start: null })}>See what it would do…</Button>
      </div>
    </div>
  );
}
