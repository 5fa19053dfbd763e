import { expect, type Page } from "@playwright/test";

import { nextApps, test } from "../support/apps.ts";
import { exchange, hydrated } from "../support/workbench.ts";

/** Presses a button of a form, and gives the answer to what it posts. */
async function press(page: Page, name: string) {
  const posted = page.waitForResponse((answer) => answer.request().method() === "POST");
  await page.getByRole("button", { name, exact: true }).click();
  return posted;
}

for (const preview of nextApps) {
  test.describe(`server actions of ${preview}`, () => {
    test.beforeEach(async ({ page, stand }) => {
      await page.goto((await stand(preview)).url("acme", "/forms"));
      await expect(page.getByTestId("tenant")).toHaveText("Forms of acme");
      await hydrated(page.getByRole("button", { name: "Keep it" }));
    });

    test("a strict cookie is kept, for this tenant alone", async ({ page, stand }) => {
      const { host } = await stand(preview);
      await page.getByRole("textbox", { name: "Keep" }).fill("a dash");
      expect((await press(page, "Keep it")).status()).toBe(200);
      await expect(page.getByTestId("kept")).toHaveText("a dash");
      await page.reload();
      await expect(page.getByTestId("kept")).toHaveText("a dash");
      expect(await page.context().cookies()).toMatchObject([
        { name: "kept", domain: host("acme").split(":")[0], httpOnly: true, secure: false, sameSite: "Strict" },
      ]);
    });

    test("a redirect is followed by the page, at the tenant's host", async ({ page, stand }) => {
      const { url } = await stand(preview);
      const answer = await press(page, "Go to about");
      expect(answer.headers()["x-action-redirect"]).toBe("/about;push");
      expect(answer.headers().location).toBeUndefined();
      await expect(page).toHaveURL(url("acme", "/about"));
      await page.reload();
      await expect(page.getByTestId("about")).toHaveText("About acme");
    });

    test("a redirect to the tenant's whole address stays there", async ({ page, stand }) => {
      const { url } = await stand(preview);
      const answer = await press(page, "Go to about by its whole address");
      expect(answer.headers()["x-action-redirect"]).toBe(`${url("acme", "/about")};push`);
      await expect(page).toHaveURL(url("acme", "/about"));
      await page.reload();
      await expect(page.getByTestId("about")).toHaveText("About acme");
    });

    test("a redirect to the server's own address comes back to the tenant, and is reported", async ({ page, stand }) => {
      const { app, engine, url } = await stand(preview);
      const own = `http://localhost:${app.port}/about`;
      await page.locator("input[name=to]").evaluate((input: HTMLInputElement, own) => (input.value = own), own);
      const answer = await press(page, "Go to about by its whole address");
      expect(answer.headers()["x-action-redirect"]).toBe(`${url("acme", "/about")};push`);
      await expect(page).toHaveURL(url("acme", "/about"));
      await expect(page.getByTestId("about")).toHaveText("About acme");
      const seen = await exchange(engine, "tenant:acme method:POST /forms");
      expect(seen.diagnosis.map(({ code }) => code)).toContain("redirect-leaves-tenant");
    });
  });

  test.describe(`server actions of ${preview} without scripts`, () => {
    test.use({ javaScriptEnabled: false });

    test("the form posts by itself: the cookie is kept, the redirect followed", async ({ page, stand }) => {
      const { url } = await stand(preview);
      await page.goto(url("acme", "/forms"));
      await page.getByRole("textbox", { name: "Keep" }).fill("by hand");
      const posted = await press(page, "Keep it");
      expect(posted.request().headers()["content-type"]).toMatch(/^multipart\/form-data/);
      expect(posted.headers()["content-type"]).toMatch(/^text\/html/);
      await expect(page.getByTestId("kept")).toHaveText("by hand");

      const redirected = await press(page, "Go to about");
      expect(redirected.status()).toBe(303);
      await expect(page).toHaveURL(url("acme", "/about"));
      await expect(page.getByTestId("about")).toHaveText("About acme");
    });
  });
}
