import { defineConfig } from "@playwright/test";

/** Debian's browser; `CHROMIUM` names another. */
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: ".",
  testIgnore: "pictures/**",
  outputDir: "results",
  // The machine has two cores, and each worker would start Next.js servers of its own.
  workers: 1,
  retries: 0,
  // `next dev` compiles a page when it is first asked for: many seconds on a busy machine.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
