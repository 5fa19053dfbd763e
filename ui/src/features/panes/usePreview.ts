import type { Preview } from "@/api/types";
import { useStore } from "@/state/store";

export const usePreview = (name: string): Preview | undefined =>
  useStore((state) => state.workspace?.previews.find((preview) => preview.name === name));
