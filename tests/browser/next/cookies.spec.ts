import { expect } from "@playwright/test";

import { test } from "../support/apps.ts";
import { exchange } from "../support/workbench.ts";

test("cookies made for the app's own domain and for https live at the pane's host", async ({ page, stand }) => {
  const { engine, host, url } = await stand("next-16");
  await page.goto(url("acme", "/api/cookies"));
  const kept = await page.context().cookies();
  const domain = host("acme").split(":")[0];
  expect(kept.map(({ domain }) => domain)).toEqual(kept.map(() => domain));
  expect(kept.map(({ secure }) => secure)).toEqual(kept.map(() => false));
  expect(Object.fromEntries(kept.map(({ name, sameSite }) => [name, sameSite]))).toMatchObject({
    plain: "Lax",
    foreign: "Lax",
    toplevel: "Lax",
    shared: "Lax",
    secure: "Lax",
    framed: "Lax",
    parted: "Lax",
  });
  expect(kept).toHaveLength(9);

  // The app finds all nine under its own names, the guarded two as well.
  const echo = () => page.evaluate(async () => (await fetch("/api/cookies", { method: "POST" })).text());
  const names = (await echo()).split("; ").map((pair) => pair.split("=")[0]);
  expect(names.sort()).toEqual(
    ["__Host-fast", "__Secure-fast", "foreign", "framed", "parted", "plain", "secure", "shared", "toplevel"],
  );

  // Another tenant's page gets none of them.
  await page.goto(url("globex", "/about"));
  expect(await echo()).toBe("");

  const seen = await exchange(engine, "tenant:acme method:GET /api/cookies");
  expect(seen.edits.filter(({ field }) => field === "set-cookie").length).toBeGreaterThanOrEqual(8);
  expect(seen.diagnosis.map(({ code }) => code)).toContain("cookie-domain-dropped");
});
