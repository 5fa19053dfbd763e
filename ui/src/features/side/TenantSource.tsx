import type { TenantList } from "@/api/types";
import { MiddleEllipsis } from "@/components";
import { since, useNow } from "@/state/clock";
import { openDialog, useStore } from "@/state/store";
import { count } from "../trace/format";
import { RefreshButton, SourceNote, SourceState } from "./SourceHead";
import { listedIn } from "./tenantSource";

const before = { workspace: "", file: "from", url: "from", command: "by" };

/** Where the tenants come from, how fresh they are, and what is wrong with that. */
export function TenantSource({ list }: { list: TenantList }) {
  const now = useNow();
  const problems = useStore((state) => state.workspace?.problems.filter(({ file }) => isOf(file, list)).length ?? 0);
  const { kind, text, status, message, readAt, leftOut } = list;
  const name = listedIn(list);
  const age = since(readAt, now);
  return (
    <div className="shrink-0 pr-2.5 pl-4">
      <div className="-mt-1.5 flex h-6 items-center gap-1.5 pb-1 text-cap text-third">
        <span className="shrink-0">{before[kind]}</span>
        <span className="wire flex min-w-0 !text-cap text-second" title={text}><MiddleEllipsis text={name} tail={kind === "command" ? 4 : 10} /></span>
        <span className="flex-1" />
        {leftOut > 0 || problems > 0 ? (
          <button type="button" className="shrink-0 rounded-[4px] text-warn hover:underline" title={leftOut > 0 ? "Some tenants cannot be shown: see why" : undefined} onClick={() => openDialog({ kind: "problems" })}>
            {leftOut > 0 ? `${leftOut.toLocaleString("en")} left out` : count(problems, "problem")}
          </button>
        ) : null}
        {status === "good" ? (
          kind === "file" ? null : <span className="shrink-0" title={readAt ?? undefined}>{age}</span>
        ) : <SourceState status={status} readAt={readAt} />}
        <RefreshButton label="Read the tenants again" />
      </div>
      {message === null && status !== "untrusted" ? null : <div className="-mx-2.5"><SourceNote {...list} /></div>}
    </div>
  );
}

/** The engine may name the file by its whole path. */
const isOf = (file: string, { kind, text }: TenantList): boolean =>
  kind !== "workspace" && (file === text || file.replaceAll("\\", "/").endsWith(`/${text.replaceAll("\\", "/").replace(/^\.\//, "")}`));
