import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { Workbench } from "./support/workbench.ts";

const long = "northern-lights-outdoor-camping-supplies";
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
  workbench = await Workbench.open(page, engine);
});

/** Presses the address bar's button, and reads what the clipboard then holds. */
async function copied(): Promise<string> {
  await workbench.address.getByRole("button", { name: "Copy", exact: true }).click();
  await expect(workbench.page.getByText(/^Copied /).last()).toBeVisible();
  return workbench.page.evaluate(() => navigator.clipboard.readText());
}

const url = (label: string, path: string) => `http://${label}.tripledash.localhost:${engine.port}${path}`;

test("the address is built while it is chosen, and copied as it is shown", async ({ page }) => {
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  expect(await copied()).toBe(url("acme---main", "/"));

  await workbench.address.getByRole("button", { name: "Tenant: Acme & Sons" }).click();
  await page.getByRole("combobox", { name: "Choose a tenant" }).fill("kess");
  await page.keyboard.press("Enter");
  await expect(workbench.address.getByRole("button", { name: "Tenant: Kessler Messtechnik" })).toHaveText("kessler");

  await workbench.address.getByRole("button", { name: "Preview: main" }).click();
  await page.getByRole("combobox", { name: "Choose a preview" }).fill("redesign");
  await page.keyboard.press("Enter");
  await expect(workbench.address.getByRole("button", { name: "Preview: header-redesign" })).toBeVisible();

  await workbench.goTo("/products/42?farbe=blau grün");
  await expect(workbench.pane("kessler", "header-redesign").frame.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(workbench.address.getByRole("button", { name: /^Octet budget: 25 of 63$/ })).toBeVisible();
  await expect.poll(copied).toBe(url("kessler---header-redesign", "/products/42?farbe=blau%20gr%C3%BCn"));
});

test("several tenants are one piece, and each has an address of its own", async ({ page }) => {
  await workbench.choose({ previews: ["main"], tenants: ["acme", "nour"] });
  expect((await copied()).split("\n")).toEqual([url("acme---main", "/"), url("nour---main", "/")]);
  await workbench.address.getByRole("button", { name: /^2 tenants/ }).click();
  await page.getByRole("button", { name: "Copy the address of nour" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(url("nour---main", "/"));
});

test("a page by name opens for every tenant", async ({ page }) => {
  await workbench.choose({ previews: ["main"], tenants: ["acme", "umbra"] });
  await workbench.address.getByRole("combobox", { name: "Path" }).click();
  await page.getByRole("option", { name: /^Journal/ }).click();
  await expect(workbench.pane("acme", "main").frame.getByText("Three generations have stood")).toBeVisible();
  await expect(workbench.pane("umbra", "main").frame.getByText("We measure in an anechoic room")).toBeVisible();
  await expect.poll(copied).toBe([url("acme---main", "/journal"), url("umbra---main", "/journal")].join("\n"));
});

test("a label over the budget is explained, with a way out", async ({ page }) => {
  await workbench.choose({ previews: ["protected-by-deployment"], tenants: [long] });
  const pane = workbench.pane(long, "protected-by-deployment");
  const alert = pane.root.getByRole("alert");
  await expect(alert).toContainText("3 octets too long for an address");
  await expect(alert).toContainText("66 of 63");
  await expect(pane.root.locator("iframe")).toHaveCount(0);
  await expect(workbench.address.getByRole("button", { name: "Copy", exact: true })).toBeDisabled();

  await workbench.address.getByRole("button", { name: /^Octet budget: 66 of 63, 3 over/ }).click();
  const budget = page.getByRole("dialog", { name: "Octet budget" });
  await expect(budget).toContainText("3 octets too long");
  const { addresses } = await engine.api<{ addresses: { url: null; problems: { message: string; fix: string }[] }[] }>(
    "addresses",
    "POST",
    { items: [{ tenant: long, preview: "protected-by-deployment" }] },
  );
  expect(addresses[0]).toMatchObject({ url: null, problems: [{ code: "label-over-budget" }] });
  const { fix } = addresses[0]!.problems[0]!;
  expect(fix).toContain("at most 20 octets");
  await expect(budget).toContainText(fix.slice(1));
});

test("without a tenant the host names none", async ({ page }) => {
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  await workbench.address.getByRole("button", { name: "Tenant: Acme & Sons" }).click();
  await page.getByRole("button", { name: "No tenant" }).click();
  await expect(workbench.pane(null, "main").frame.getByRole("heading", { level: 1 })).toHaveText("Six shops, one deployment");
  expect(await copied()).toBe(url("main", "/"));
});
