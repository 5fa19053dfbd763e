import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine | undefined;

test.afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});

const long = "northern-lights-outdoor-camping-supplies";
const preview = "checkout-redesign-of-the-year";

test("tenants that do not fit a preview are told in one line, with the names that would do", async ({ page }) => {
  engine = await startEngine({
    name: "shops", tenants: [{ id: "acme" }, { id: long, name: "Northern Lights" }, { id: "northern-lights-outdoor-camping-shop" }],
    previews: [{ name: "main", upstream: "http://localhost:9" }, { name: preview, upstream: "http://localhost:9/" }, { name: "redesign", upstream: "http://localhost:9/" }],
  });
  const workbench = await Workbench.open(page, engine);
  const line = page.getByRole("region", { name: "Previews" }).getByRole("button", { name: `${preview} is too long for 2 tenants` });
  await line.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Too long for an address" });
  const item = dialog.getByRole("list", { name: "Previews that are too long" }).getByRole("listitem", { name: `${preview}: 2 tenants` });
  await expect(item.getByRole("listitem").first()).toContainText("Northern Lights");
  await expect(item.getByLabel("9 octets over")).toBeVisible();
  await expect(item.getByLabel("5 octets over")).toBeVisible();
  await expect(item).toContainText("The same deployment is also called redesign.");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Workspace: shops" }).click();
  await page.getByRole("menuitem", { name: "Problems…" }).click();
  await page.getByRole("dialog", { name: "Problems" }).getByRole("button", { name: "Show which…" }).click();
  await item.getByRole("button", { name: `Rename ${preview}…` }).click();
  const edit = page.getByRole("dialog", { name: `Edit ${preview}` });
  await edit.getByRole("textbox", { name: /^Name, after/ }).fill("checkout");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(workbench.preview("checkout")).toBeVisible();
  await expect(page.getByRole("button", { name: /too long for/ })).toHaveCount(0);
});

test("the demo opens with no problem shown", async ({ page }) => {
  engine = await startEngine("demo");
  const workbench = await Workbench.open(page, engine);
  await expect(workbench.preview("main")).toBeVisible();
  await expect(page.getByTestId("problems-banner")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /too long for/ })).toHaveCount(0);
  await page.getByRole("button", { name: /^Workspace: / }).click();
  await expect(page.getByRole("menuitem", { name: /^Problems \(/ })).toHaveCount(0);
  await page.keyboard.press("Escape");

  // who looks for it finds it all the same
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("too long for an address");
  await page.getByRole("option", { name: /^Tenants that are too long for an address/ }).click();
  const list = page.getByRole("dialog", { name: "Too long for an address" }).getByRole("list", { name: "Previews that are too long" });
  await expect(list.getByRole("listitem").first()).toBeVisible();
});
