import { expect } from "@playwright/test";

import { nextApps, test } from "../support/apps.ts";
import { ask, field } from "../support/wire.ts";
import { exchange } from "../support/workbench.ts";

for (const preview of nextApps) {
  test.describe(`files of ${preview}`, () => {
    test("a public file that the matcher catches is found out; the optimiser's picture is fine", async ({ page, stand }) => {
      const { engine, url } = await stand(preview);
      await page.goto(url("acme", "/picture"));
      const width = (alt: string) => page.getByAltText(alt).evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth);
      await expect.poll(() => width("optimised")).toBeGreaterThan(0);
      await expect.poll(() => width("plain")).toBe(0);

      const caught = await exchange(engine, "tenant:acme /logo.png kind:asset status:404");
      expect(caught).toMatchObject({ path: "/logo.png", rewrittenTo: "/acme/logo.png" });
      expect(caught.diagnosis.map(({ code }) => code)).toEqual(["asset-caught-by-rewrite"]);
      const optimised = await exchange(engine, "tenant:acme /_next/image");
      expect(optimised).toMatchObject({ status: 200, kind: "asset", comparison: "none", diagnosis: [] });
    });

    test("a picture's own policy is left as it is", async ({ stand }) => {
      const { app, engine, host } = await stand(preview);
      const path = "/_next/image?url=%2Flogo.png&w=64&q=75";
      const headers = { accept: "image/webp,*/*", "sec-fetch-dest": "image" };
      const direct = await ask(app.port, host("acme"), path, { headers });
      const answer = await ask(engine.port, host("acme"), path, { headers });
      for (const name of ["content-security-policy", "content-type", "cache-control", "vary", "etag", "content-length"]) {
        expect(field(answer, name), name).toEqual(field(direct, name));
      }
      expect(answer.body).toBe(direct.body);
    });

    test("a missing favicon is the app's page, as without us, and nothing is put into it", async ({ stand }) => {
      const { app, engine, host } = await stand(preview);
      const headers = { accept: "image/avif,image/webp,*/*", "sec-fetch-dest": "image" };
      const direct = await ask(app.port, host("acme"), "/favicon.ico", { headers });
      const answer = await ask(engine.port, host("acme"), "/favicon.ico", { headers });
      expect(answer.status).toBe(direct.status);
      expect(field(answer, "content-type")).toEqual(field(direct, "content-type"));
      expect(answer.body).not.toContain("/__tripledash/agent.js");
    });
  });
}
