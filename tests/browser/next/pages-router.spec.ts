import { expect } from "@playwright/test";

import { nextApps, test } from "../support/apps.ts";
import { exchange, exchanges, hydrated } from "../support/workbench.ts";

for (const preview of nextApps) {
  test.describe(`the pages router of ${preview}`, () => {
    test.beforeEach(async ({ page, stand }) => {
      const { engine, url } = await stand(preview);
      await engine.api("exchanges", "DELETE");
      await page.goto(url("acme", "/legacy/one"));
      await expect(page.getByTestId("legacy")).toHaveText("Legacy one of acme");
      await hydrated(page.getByRole("link", { name: "Two" }));
    });

    test("navigates softly by _next/data, as predicted", async ({ page, stand }) => {
      const { engine, url } = await stand(preview);
      await page.getByRole("link", { name: "Two" }).click();
      await expect(page.getByTestId("legacy")).toHaveText("Legacy two of acme");
      await expect(page).toHaveURL(url("acme", "/legacy/two"));
      const seen = await exchange(engine, "tenant:acme kind:data /legacy/two.json");
      expect(seen).toMatchObject({ status: 200, predicted: "/acme/legacy/two", actual: "/acme/legacy/two", comparison: "same" });
      expect(await exchanges(engine, "tenant:acme kind:document")).toHaveLength(1);
    });

    test("a redirect for the data of a page is followed softly", async ({ page, stand }) => {
      const { engine, url } = await stand(preview);
      await page.getByRole("link", { name: "Old" }).click();
      await expect(page.getByTestId("legacy")).toHaveText("Legacy two of acme");
      await expect(page).toHaveURL(url("acme", "/legacy/two"));
      // A production build has asked for it before the click.
      const { responseHeaders } = await exchange(engine, "tenant:acme kind:data /legacy/old.json");
      expect(responseHeaders).toContainEqual(["x-nextjs-redirect", "/legacy/two"]);
      expect(responseHeaders.map(([name]) => name)).not.toContain("location");
      expect(await exchanges(engine, "tenant:acme kind:document")).toHaveLength(1);
    });

    test("a page that is gone is asked for again as a document", async ({ page, stand }) => {
      const { engine, url } = await stand(preview);
      await page.getByRole("link", { name: "Gone" }).click();
      await expect(page).toHaveURL(url("acme", "/legacy/gone"));
      await expect(page.getByText("This page could not be found")).toBeVisible();
      expect(await exchange(engine, "tenant:acme kind:data /legacy/gone.json")).toMatchObject({ status: 404 });
    });
  });
}
