import type { TenantList } from "@/api/types";
import { useStore } from "@/state/store";

const fileName = (path: string) => path.split(/[\\/]/).pop() ?? path;

/** Where the tenants are listed, short. */
export function listedIn({ kind, text }: TenantList): string {
  switch (kind) {
    case "workspace":
      return "tripledash.json";
    case "file":
      return fileName(text);
    case "url":
      return text.replace(/^https?:\/\//, "").split("?")[0] ?? text;
    case "command":
      return text;
  }
}

/** Why the tenants cannot be edited here, and where they can; null where they can. */
export function whyNotHere(list: TenantList | undefined): string | null {
  switch (list?.kind) {
    case "file":
      return `Listed in ${listedIn(list)}: edit them there`;
    case "url":
      return `Listed at ${listedIn(list)}: edit them there`;
    case "command":
      return "Listed by a command: edit them where it reads them";
    default:
      return null;
  }
}

export const useWhyNotHere = (): string | null => useStore((state) => whyNotHere(state.workspace?.tenantList));
