import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { type Keychain, lacking, startKeychain } from "./support/keychain.ts";
import { startUpstream, type Upstream } from "./support/upstream.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine | undefined;
let upstream: Upstream | undefined;
let keychain: Keychain | undefined;

test.afterEach(async () => {
  await engine?.stop();
  await Promise.all([upstream?.stop(), keychain?.stop()]);
  engine = upstream = keychain = undefined;
});

test("a variable is kept in the keychain by the pane that needs it, and forgotten from its preview", async ({ page }) => {
  test.skip(lacking() !== null, `this system has no ${lacking()}`);
  keychain = await startKeychain();
  upstream = await startUpstream();
  engine = await startEngine({
    name: "shop", tenants: [{ id: "acme" }],
    previews: [{ name: "main", upstream: `http://localhost:${upstream.port}`, headers: { "x-api-key": "${env:TRIPLEDASH_BROWSER_KEY}" } }],
  }, undefined, keychain);
  const workbench = await Workbench.open(page, engine);
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  const { root, frame } = workbench.pane("acme", "main");
  await expect(root.getByRole("heading", { name: "main needs a variable" })).toBeVisible();
  await root.getByLabel("TRIPLEDASH_BROWSER_KEY").fill("s3cret");
  await root.getByRole("button", { name: "Keep in the keychain" }).click();
  await expect(frame.getByRole("heading", { level: 1 })).toHaveText("Shop of acme");

  const dialog = page.getByRole("dialog", { name: "Variables of main" });
  const show = async () => {
    await workbench.previews.focus();
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menuitem", { name: "Its variable…" }).press("Enter");
  };
  await show();
  const row = dialog.getByRole("listitem");
  await expect(row).toHaveAccessibleName("TRIPLEDASH_BROWSER_KEY: kept in the keychain");
  await row.getByRole("button", { name: "Forget TRIPLEDASH_BROWSER_KEY…" }).press("Enter");
  const question = row.getByRole("group", { name: "Forget TRIPLEDASH_BROWSER_KEY?" });
  await expect(question.getByRole("button", { name: "Keep it" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question).toHaveCount(0);
  await expect(row).toHaveAccessibleName(/kept in the keychain/);

  await row.getByRole("button", { name: "Forget TRIPLEDASH_BROWSER_KEY…" }).press("Enter");
  await question.getByRole("button", { name: "Forget it" }).press("Enter");
  await expect(row).toHaveAccessibleName("TRIPLEDASH_BROWSER_KEY: not set");
  await expect(row).toBeFocused();

  // what is not set is set here too, and another engine finds it
  await row.getByRole("button", { name: "Set TRIPLEDASH_BROWSER_KEY…" }).press("Enter");
  await page.keyboard.type("another");
  await page.keyboard.press("Enter");
  await expect(row).toHaveAccessibleName("TRIPLEDASH_BROWSER_KEY: kept in the keychain");
  await page.keyboard.press("Escape");
  await expect(frame.getByRole("heading", { level: 1 })).toHaveText("Shop of acme");
  await expect(page.locator("body")).not.toContainText("another");
});

test("a system without a keychain says where the value belongs", async ({ page }) => {
  engine = await startEngine({
    name: "shop", tenants: [{ id: "acme" }],
    previews: [{ name: "main", upstream: "http://localhost:9", headers: { "x-api-key": "${env:TRIPLEDASH_BROWSER_KEY}" } }],
  });
  await Workbench.open(page, engine);
  await page.getByRole("button", { name: "Workspace: shop" }).click();
  await page.getByRole("menuitem", { name: "Variables…" }).click();
  const row = page.getByRole("dialog", { name: "Variables", exact: true }).getByRole("listitem");
  await expect(row).toContainText("for main");
  await row.getByRole("button", { name: "Set TRIPLEDASH_BROWSER_KEY…" }).click();
  await row.getByLabel("Value of TRIPLEDASH_BROWSER_KEY").fill("s3cret");
  await row.getByRole("button", { name: "Keep in the keychain" }).click();
  await expect(row.getByRole("alert")).toContainText("This system has no keychain");
  await expect(row).toContainText(`${engine.folder}/.env.local`);
});
