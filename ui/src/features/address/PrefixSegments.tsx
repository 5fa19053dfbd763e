import { Fragment } from "react";
import { useStore } from "@/state/store";
import type { Built } from "./AddressBar";
import { PartSegment } from "./PartSegment";
import { TenantSegment } from "./TenantSegment";

const justTenant: readonly string[] = ["tenant"];

/** The pieces that name the tenant, in the workspace's order: joined by `---` before the preview, by `/` in the path. */
export function PrefixSegments({ built, tenants, joint }: { built: readonly Built[]; tenants: readonly (string | null)[]; joint: "---" | "/" }) {
  const prefix = useStore((state) => state.workspace?.prefix) ?? justTenant;
  const nobody = tenants.length === 1 && tenants[0] === null;
  const named = prefix.includes("tenant");
  // Who chose tenants that no address can name must see them to take them away.
  const pieces = nobody && named ? justTenant : named || nobody ? prefix : [...justTenant, ...prefix];
  const between = <span className="shrink-0 px-0.5 text-third" aria-hidden>{joint}</span>;
  const joined = !(nobody && named) && pieces.length > 0;
  return (
    <>
      {joint === "/" && joined ? between : null}
      {pieces.map((name, at) => (
        <Fragment key={name}>
          {at > 0 ? between : null}
          {name === "tenant" ? <TenantSegment built={built} tenants={tenants} /> : <PartSegment name={name} />}
        </Fragment>
      ))}
      {joint === "---" && joined ? between : null}
    </>
  );
}
