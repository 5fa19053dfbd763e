import { expect } from "@playwright/test";

import { nextApps, test } from "../support/apps.ts";
import { ask, field } from "../support/wire.ts";
import { exchange } from "../support/workbench.ts";

for (const preview of nextApps) {
  test.describe(`redirects of ${preview}`, () => {
    test("the middleware's own is relative, and stays so", async ({ page, stand }) => {
      const { engine, host, url } = await stand(preview);
      const answer = await ask(engine.port, host("acme"), "/old");
      expect([answer.status, field(answer, "location")]).toEqual([307, ["/about"]]);
      await page.goto(url("acme", "/old"));
      await expect(page).toHaveURL(url("acme", "/about"));
      await expect(page.getByTestId("about")).toHaveText("About acme");
      const seen = await exchange(engine, "tenant:acme /old");
      expect(seen).toMatchObject({ status: 307, comparison: "unknown", diagnosis: [] });
    });

    test("a route handler's names the server, and is brought back", async ({ stand }) => {
      const { app, engine, host, url } = await stand(preview);
      const direct = await ask(app.port, host("acme"), "/api/leave");
      expect(field(direct, "location")).toEqual([`http://localhost:${app.port}/about`]);
      const answer = await ask(engine.port, host("acme"), "/api/leave");
      expect([answer.status, field(answer, "location")]).toEqual([307, [url("acme", "/about")]]);
    });

    test("a trailing slash is dropped by Location and by Refresh", async ({ page, stand }) => {
      const { engine, host, url } = await stand(preview);
      const answer = await ask(engine.port, host("acme"), "/about/");
      expect(answer.status).toBe(308);
      expect(field(answer, "location")).toEqual(["/about"]);
      expect(field(answer, "refresh")).toEqual(["0;url=/about"]);
      await page.goto(url("acme", "/about/"));
      await expect(page).toHaveURL(url("acme", "/about"));
    });

    for (const javaScriptEnabled of [true, false]) {
      test.describe(javaScriptEnabled ? "by script" : "by meta refresh", () => {
        test.use({ javaScriptEnabled });

        test("one in the midst of a page leads to the tenant's page", async ({ page, stand }) => {
          const { engine, host, url } = await stand(preview);
          const gate = `moved-${preview}-${javaScriptEnabled}`;
          await page.goto(url("acme", `/moved?gate=${gate}`), { waitUntil: "commit" });
          await expect(page.getByTestId("shell")).toHaveText("Moving");
          await ask(engine.port, host("acme"), `/api/gate?name=${gate}`, { method: "POST" });
          await expect(page).toHaveURL(url("acme", "/about"));
          await expect(page.getByTestId("about")).toHaveText("About acme");
        });
      });
    }
  });
}
