import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { exchange, exchanges, Workbench } from "./support/workbench.ts";

let engine: Engine;
let workbench: Workbench;

test.beforeAll(async () => {
  engine = await startEngine("demo");
});

test.afterAll(async () => {
  await engine?.stop();
});

test.beforeEach(async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await engine.api("exchanges", "DELETE");
  workbench = await Workbench.open(page, engine);
});

test("the trace is filtered by the engine's words, and a wrong word is pointed at", async ({ page }) => {
  await workbench.choose({ previews: ["main"], tenants: ["acme", "kessler"] });
  const document = await exchange(engine, "tenant:kessler preview:main kind:document");
  await workbench.filterTrace("tenant:kessler preview:main kind:document");
  await expect(workbench.rows).toHaveCount(1);
  await expect(workbench.rows).toHaveAttribute("data-exchange", document.id);
  await expect(workbench.rows).toContainText("/ → /kessler");

  const box = page.getByRole("searchbox", { name: "Filter the trace" });
  await box.fill("tenant:kessler colour:blue");
  await box.press("Enter");
  await expect(box).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("alert").filter({ hasText: "colour" })).toBeVisible();
  await expect(workbench.rows, "the rows stay as they were").toHaveCount(1);
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(workbench.rows.filter({ hasText: "acme" }).first()).toBeVisible();
});

test("a chosen exchange tells its route, and each edit with before, after and why", async ({ page }) => {
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  const document = await exchange(engine, "tenant:acme preview:main kind:document");
  expect(document).toMatchObject({ predicted: "/acme", actual: "/acme", comparison: "same" });
  await workbench.filterTrace("preview:main kind:document");
  await workbench.chooseExchange(document.id);

  const stops = { host: "acme", preview: "main", rule: "rules[0]", upstream: "ms", app: "predicted", answer: "200" };
  for (const [stop, value] of Object.entries(stops)) {
    await expect(workbench.stop(stop as keyof typeof stops)).toHaveAttribute("data-verdict", "passed");
    await expect(workbench.stop(stop as keyof typeof stops)).toContainText(value);
  }
  for (const stage of ["request", "response"]) {
    const told = workbench.route.getByRole("list", { name: `Edits in the ${stage}` }).getByRole("listitem");
    const edits = document.edits.filter((edit) => edit.stage === stage);
    expect(edits.length).toBeGreaterThan(0);
    await expect(told).toHaveCount(edits.length);
    for (const [at, { field, before, after, why }] of edits.entries()) {
      for (const words of [field, before, after, why]) {
        await expect(told.nth(at)).toContainText(words ?? "");
      }
    }
  }

  await workbench.route.getByRole("button", { name: "Copy as curl" }).click();
  await expect(page.getByText("Copied the curl command")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^curl .*main/s);
});

test("a cookie that no local host could keep is kept, and the edit told", async () => {
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  await workbench.goTo("/account");
  const { frame } = workbench.pane("acme", "main");
  await frame.getByRole("button", { name: "Continue as a customer" }).click();
  await expect(frame.getByRole("heading", { level: 1 })).toHaveText("Signed in as customer");
  const answer = await exchange(engine, "method:POST /account/sign-in");
  expect(answer.diagnosis.map(({ code }) => code)).toEqual(["cookie-domain-dropped"]);
  const cookies = answer.edits.filter(({ field }) => field === "set-cookie");
  for (const [attribute, name] of [["Domain", "returning"], ["Secure", "shop-session"]] as const) {
    const edit = cookies.find(({ before }) => before?.startsWith(`${name}=`) && before.includes(attribute));
    expect(edit?.after, `${name} without its ${attribute}`).not.toContain(attribute);
  }
  expect(JSON.stringify(answer)).not.toMatch(/shop-session=[0-9a-f]{32}/);

  await workbench.filterTrace("method:POST");
  await workbench.chooseExchange(answer.id);
  await expect(workbench.route.getByRole("article").filter({ hasText: "cookie-domain-dropped" })).toBeVisible();
  const edits = workbench.route.getByRole("list", { name: "Edits in the response" });
  await expect(edits.getByRole("listitem").filter({ hasText: "Domain=.shops.example" })).toBeVisible();
});

test("a request is sent again for every chosen tenant", async ({ page }) => {
  await workbench.choose({ previews: ["main"], tenants: ["acme", "umbra"] });
  const document = await exchange(engine, "tenant:acme preview:main kind:document");
  await workbench.filterTrace("preview:main kind:document");
  await workbench.chooseExchange(document.id);
  await exchange(engine, "tenant:umbra preview:main kind:document");
  const before = (await exchanges(engine, "preview:main kind:document")).length;
  await workbench.route.getByRole("button", { name: "Replay" }).click();
  await page.getByRole("menuitem", { name: "GET for all 2 chosen tenants" }).click();
  await expect(page.getByText("Sent 2 requests again")).toBeVisible();
  await expect(workbench.rows).toHaveCount(before + 2);
});

test("each planted flaw is diagnosed, with evidence", async ({ page }) => {
  await workbench.choose({ previews: ["main"], tenants: ["marlow"] });
  const marlow = workbench.pane("marlow", "main");
  await marlow.frame.getByRole("link", { name: "Trade", exact: true }).click();
  await marlow.frame.getByRole("link", { name: "Open a trade account" }).click();
  await expect(marlow.frame.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await workbench.choose({ previews: ["protected-by-deployment"], tenants: ["acme"] });
  await expect(workbench.pane("acme", "protected-by-deployment").frame.getByRole("heading")).toHaveText("Authentication Required");

  await workbench.choose({ previews: ["header-redesign"], tenants: ["acme"] });
  await exchange(engine, "tenant:acme preview:header-redesign kind:document");
  await workbench.choose({ tenants: ["umbra"] });

  await page.getByRole("tab", { name: /^Diagnostics/ }).click();
  const found = page.getByRole("list", { name: "Diagnostics" });
  const flaws = {
    "redirect-leaves-tenant": /location: http:\/\/localhost:\d+\/account/,
    "asset-caught-by-rewrite": "x-middleware-rewrite: /marlow/logo.svg",
    "deployment-protection": "401",
    "cache-shared-across-tenants": /etag: "acme\/.*", as acme was given/,
  };
  for (const [code, evidence] of Object.entries(flaws)) {
    const card = found.getByRole("article").filter({ hasText: code });
    await expect(card.getByRole("list", { name: "Evidence" })).toContainText(evidence);
  }
  await found.getByRole("article").filter({ hasText: "redirect-leaves-tenant" }).getByRole("button", { name: "Show in the trace" }).click();
  await expect(workbench.rows).toHaveCount(1);
  await expect(workbench.rows).toContainText("/trade/open");
  await expect(workbench.stop("answer")).toHaveAttribute("data-verdict", "wrong");
});

test("the clean shop has nothing to say", async () => {
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  const document = await exchange(engine, "tenant:acme preview:main kind:document");
  await exchange(engine, "tenant:acme logo.svg");
  expect(document.diagnosis.map(({ code }) => code).filter((code) => code !== "cookie-domain-dropped")).toEqual([]);
  const told = await exchanges(engine, "tenant:acme preview:main is:diagnosed -kind:document");
  expect(told).toEqual([]);
});
