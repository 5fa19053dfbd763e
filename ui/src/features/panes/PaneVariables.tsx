import { useMemo } from "react";
import { useStore } from "@/state/store";
import { FileLines, KeepForm, useKeychain } from "@/features/workspace/KeepForm";
import { VariableRows } from "@/features/workspace/VariableRows";
import { variablesOf } from "@/features/workspace/variables";

/** A preview that lacks variables answers nothing; its pane asks for them instead of showing that. */
export function PaneVariables({ preview, names, brief }: {
  preview: string; names: readonly string[];
  /** A small picture of a pane has no room to ask. */
  brief: boolean;
}) {
  const folder = useStore((state) => state.workspace?.origin.folder ?? "");
  const workspace = useStore((state) => state.workspace);
  const others = useMemo(() => variablesOf(workspace, preview).filter(({ source }) => source !== "unset"), [workspace, preview]);
  const noKeychain = useKeychain(({ missing }) => missing);
  const many = names.length > 1;
  if (brief) {
    return <p className="flex min-h-0 flex-1 items-center justify-center bg-bg p-2 text-center text-cap text-warn">needs {many ? `${names.length} variables` : "a variable"}</p>;
  }
  return (
    <div className="min-h-0 flex-1 overflow-auto bg-bg">
      <div className="mx-auto flex min-h-full max-w-[420px] flex-col justify-center gap-5 p-5">
        <div className="flex flex-col gap-2">
          <h3 className="text-title font-name break-words">{`${preview} needs ${many ? `${names.length} variables` : "a variable"}`}</h3>
          <p className="text-second">
            tripledash.json asks for <span className="wire break-all text-text">{names.join(", ")}</span>, and nothing sets {many ? "them" : "it"}. Until then, no request of this preview is sent.
          </p>
        </div>
        {noKeychain ? (
          <p role="alert" className="text-second">This system has no keychain, so {many ? "their values belong" : "its value belongs"} into a file.</p>
        ) : (
          <div className="flex flex-col gap-4">
            {names.map((name) => <KeepForm key={name} name={name} onDone={(_, pane) => pane?.focus()} />)}
            <p className="text-cap text-third">The system&rsquo;s keychain keeps it for this workspace only. It is sent to this preview and never shown.</p>
          </div>
        )}
        <FileLines names={names} folder={folder} only={noKeychain} />
        {others.length === 0 ? null : (
          <div>
            <h4 className="mb-1 text-cap text-second">What is set already</h4>
            <VariableRows variables={others} />
          </div>
        )}
      </div>
    </div>
  );
}
