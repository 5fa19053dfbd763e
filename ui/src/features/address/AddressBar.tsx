import { useMemo } from "react";
import { classes } from "@/components";
import { useAddresses } from "@/state/addresses";
import { useShown } from "@/state/shown";
import { useStore } from "@/state/store";
import { AddressActions } from "./AddressActions";
import { Budget } from "./Budget";
import { PathField } from "./PathField";
import { PrefixSegments } from "./PrefixSegments";
import { PreviewSegment } from "./PreviewSegment";

const unique = <T,>(values: readonly T[]) => [...new Set(values)];

/** More addresses than this are not asked for at once; the budget then speaks of the longest ids only. */
const ASKED = 60;

/** The signature: the address, built while you choose, each piece of it a thing to press. */
export function AddressBar() {
  const shown = useShown();
  const base = useStore((state) => state.workspace?.base ?? "");
  const asked = useMemo(() => longestFirst(shown).slice(0, ASKED), [shown]);
  const addresses = useAddresses(asked.map(({ item }) => item));
  const built = asked.map((one, at) => ({ ...one, address: addresses[at] }));

  const tenants = unique(shown.map(({ pane }) => pane.tenant));
  const previews = unique(shown.map(({ pane }) => pane.preview));
  const sessions = unique(shown.map(({ pane }) => pane.session));
  const inPath = useStore((state) => state.workspace?.tenancy === "path");
  const session = sessions.length === 1 ? sessions[0] : null;
  const over = built.some(({ address }) => (address?.budget.over ?? 0) > 0);

  return (
    <div
      role="group"
      aria-label="Address"
      data-testid="address-bar"
      className={classes(
        "@container flex h-9 min-w-0 flex-1 items-center gap-2 rounded-[9px] border bg-bg pr-1 pl-1.5",
        over ? "border-bad" : "border-line",
      )}
    >
      <div className="wire flex min-w-0 flex-1 items-center text-[13px]">
        {inPath ? null : <PrefixSegments built={built} tenants={tenants} joint="---" />}
        <PreviewSegment previews={previews} />
        {session == null ? null : <span className="shrink-0 text-second">.{session}</span>}
        <span className="min-w-0 shrink-[100000] overflow-hidden text-third" style={{ whiteSpace: "pre", textOverflow: "ellipsis" }}>.{base}</span>
        {inPath ? <PrefixSegments built={built} tenants={tenants} joint="/" /> : null}
        <PathField shown={shown} prefixes={unique(built.map(({ address }) => address?.pathPrefix ?? ""))} />
      </div>
      <Budget built={built} />
      <AddressActions built={built} />
    </div>
  );
}

export type Built = ReturnType<typeof useShown>[number] & { address: ReturnType<typeof useAddresses>[number] };

/** Over budget is decided by the longest label, so that it must be among those asked. The order of the panes is kept otherwise. */
function longestFirst(shown: ReturnType<typeof useShown>) {
  if (shown.length <= ASKED) return shown;
  const length = ({ pane }: (typeof shown)[number]) => (pane.tenant?.length ?? 0) + pane.preview.length;
  return [...shown].sort((a, b) => length(b) - length(a));
}
