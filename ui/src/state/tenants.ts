import { useMemo } from "react";
import type { Tenant } from "@/api/types";
import { mix, readable } from "./color";
import { useStore } from "./store";
import { surfaces, type Theme } from "./theme";

/** One tenant's colour in its uses: `mark` for dots, stripes and lines, `text` where it is read, `tint` behind that text. */
export type TenantColors = { mark: string; text: string; tint: string };

const cache = new Map<string, TenantColors>();

export function tenantColors(color: string, theme: Theme): TenantColors {
  const key = color + theme;
  const known = cache.get(key);
  if (known) return known;
  const { panel, raised } = surfaces[theme];
  const tint = mix(color, panel, theme === "dark" ? 0.2 : 0.12);
  const text = [raised, panel, tint].reduce((moved, background) => readable(moved, background, 4.6), color);
  const colors = { mark: readable(color, raised, 3), text, tint };
  cache.set(key, colors);
  return colors;
}

const noTenant: Record<Theme, TenantColors> = {
  dark: { mark: "#8a8a93", text: "#ededef", tint: "#28282c" },
  light: { mark: "#74747e", text: "#17171a", tint: "#e9e9e5" },
};

/** For lists that look a tenant up themselves. */
export const colorsOf = (color: string | undefined, theme: Theme): TenantColors =>
  color === undefined ? noTenant[theme] : tenantColors(color, theme);

const tenantsById = new WeakMap<readonly Tenant[], ReadonlyMap<string, Tenant>>();

/** The tenants by id, made once per workspace state. */
export function byId(tenants: readonly Tenant[]): ReadonlyMap<string, Tenant> {
  const known = tenantsById.get(tenants);
  if (known) return known;
  const made = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  tenantsById.set(tenants, made);
  return made;
}

const none: readonly Tenant[] = [];

export function useTenant(id: string | null): Tenant | undefined {
  return useStore(({ workspace }) => (id === null ? undefined : byId(workspace?.tenants ?? none).get(id)));
}

/** The colours of a tenant; grey for no tenant and for one that is not listed. */
export function useTenantColors(id: string | null): TenantColors {
  const theme = useStore((state) => state.theme);
  const color = useTenant(id)?.color;
  return useMemo(() => colorsOf(color, theme), [color, theme]);
}
