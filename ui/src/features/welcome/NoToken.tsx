import { useState } from "react";
import { Button, TextField } from "@/components";
import { connect } from "@/state/connect";
import { Mark } from "@/features/workspace/WorkspaceMenu";

/** The page has no token, or one the engine does not take. The token is what `tripledash serve` printed. */
export function NoToken({ refused }: { refused: string | null }) {
  const [text, setText] = useState("");
  const token = (/(?:^|[#&])token=([^&\s]+)/.exec(text.trim())?.[1] ?? text).trim();
  return (
    <main className="flex h-full justify-center overflow-y-auto bg-bg px-6 pt-[18vh]">
      <div className="w-full max-w-[440px]">
        <Mark size={38} />
        <h1 className="mt-5 text-title font-name">{refused === null ? "This page needs its token" : "The engine does not take this token"}</h1>
        <p className="mt-2 text-second">
          Only pages that hold the token may ask the engine. Open the whole address that the command prints, or paste it, or the token alone, here.
        </p>
        <p className="wire mt-3 rounded-control border border-line bg-panel px-3 py-2">tripledash serve --open</p>
        <form
          className="mt-4 flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (token !== "") connect(token);
          }}
        >
          <TextField className="flex-1" label="Token or address" wire autoFocus value={text} onChange={(event) => setText(event.target.value)} />
          <Button look="strong" type="submit" className="h-8" disabled={token === ""}>Go on</Button>
        </form>
        {refused === null ? null : <p className="mt-2 text-cap text-third">It answered: {refused}</p>}
      </div>
    </main>
  );
}
