import { defineConfig } from "@playwright/test";

import journeys from "./playwright.config.ts";

/** Makes the README's pictures; no journey, so it runs only when asked for. */
export default defineConfig({ ...journeys, testDir: "pictures", testIgnore: [] });
