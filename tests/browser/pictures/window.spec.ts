import { resolve } from "node:path";

import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "../support/engine.ts";
import { exchange, Workbench } from "../support/workbench.ts";

const docs = resolve(import.meta.dirname, "../../../docs");

for (const colorScheme of ["light", "dark"] as const) {
  test(`the window in ${colorScheme}`, async ({ browser }) => {
    const engine: Engine = await startEngine("demo");
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 }, deviceScaleFactor: 2 });
    try {
      const workbench = await Workbench.open(await context.newPage(), engine);
      await workbench.choose({ tenants: ["kessler", "nour", "marlow"] });
      for (const tenant of ["kessler", "nour", "marlow"]) {
        await expect(workbench.pane(tenant, "header-redesign").frame.locator("h1")).toBeVisible();
      }
      // Marlow's logo is caught by the rewrite: the one thing on this page that is diagnosed.
      await workbench.filterTrace("is:diagnosed");
      const caught = await exchange(engine, "tenant:marlow code:asset-caught-by-rewrite");
      await workbench.chooseExchange(caught.id);
      await workbench.filterTrace("tenant:kessler,nour,marlow");
      await expect.poll(() => workbench.rows.count()).toBeGreaterThan(5);
      await workbench.page.evaluate(() => (document.activeElement as HTMLElement).blur());
      await workbench.page.mouse.move(0, 0);
      await workbench.page.screenshot({ path: resolve(docs, `window-${colorScheme}.png`), animations: "disabled" });
    } finally {
      await context.close();
      await engine.stop();
    }
  });
}
