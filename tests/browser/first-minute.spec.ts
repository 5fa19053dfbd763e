import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { start } from "./support/child.ts";
import { binary, type Engine, startEngine } from "./support/engine.ts";
import { startUpstream, type Upstream } from "./support/upstream.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine;
let upstream: Upstream;

test.beforeEach(async () => {
  [engine, upstream] = await Promise.all([startEngine(null), startUpstream()]);
});

test.afterEach(async () => {
  await Promise.all([engine?.stop(), upstream?.stop()]);
});

test("the first door opens the demo", async ({ page }) => {
  const workbench = await Workbench.open(page, engine);
  const door = page.getByRole("region", { name: "Look around" });
  await door.getByRole("button", { name: "Open the demo" }).click();
  await expect(page.getByRole("button", { name: "Workspace: six-shops" })).toBeVisible();
  await expect(workbench.pane("acme", "header-redesign").frame.getByRole("heading", { level: 1 })).toHaveText(
    "Hand tools, made to be handed down",
  );
  expect(new URL(page.url()).hash, "the token does not stay in the address").toBe("");
});

test("the second door makes a workspace of a dev server's address, and saves it", async ({ page }) => {
  const workbench = await Workbench.open(page, engine);
  const door = page.getByRole("region", { name: "Your app" });
  await door.getByRole("textbox", { name: "An address of your app" }).fill(`http://localhost:${upstream.port}`);
  await expect(door.getByText(`localhost:${upstream.port}`, { exact: true })).toBeVisible();
  await door.getByRole("button", { name: "Open" }).first().click();

  const field = page.getByRole("textbox", { name: "Add a tenant" });
  await field.fill("Acme");
  await field.press("Enter");
  await page.getByRole("button", { name: "Add a tenant" }).click();
  const next = page.getByRole("textbox", { name: "New tenant" });
  await next.fill("Globex Ltd");
  await next.press("Enter");
  const preview = await page.getByRole("listbox", { name: "Previews" }).getByRole("option").getAttribute("data-testid");
  const name = preview!.replace("preview-", "");
  for (const tenant of ["acme", "globex-ltd"]) {
    await expect(workbench.pane(tenant, name).frame.getByRole("heading")).toHaveText(`Shop of ${tenant}`);
  }

  const folder = join(engine.folder, "my-app");
  await mkdir(folder);
  await page.getByRole("button", { name: "Save…" }).click();
  const dialog = page.getByRole("dialog", { name: "Save the workspace" });
  await dialog.getByRole("textbox", { name: "Folder" }).fill(folder);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Save…" })).toBeHidden();

  const file = JSON.parse(await readFile(join(folder, "tripledash.json"), "utf8"));
  expect(file.tenants).toEqual([{ id: "acme", name: "Acme" }, { id: "globex-ltd", name: "Globex Ltd" }]);
  expect(file.previews).toMatchObject([{ name, upstream: `http://localhost:${upstream.port}` }]);
  const check = start(binary, ["check", folder]);
  expect((await once(check.process, "exit"))[0], check.output()).toBe(0);
});

test("without its token the page says where to get one", async ({ page }) => {
  await page.goto(engine.url);
  await expect(page.getByRole("heading", { name: "This page needs its token" })).toBeVisible();
  await page.getByRole("textbox", { name: "Token or address" }).fill(engine.page);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("region", { name: "Look around" })).toBeVisible();
});

test("a folder without a workspace is given the file that is proposed for it, as it was edited", async ({ page }) => {
  const folder = join(engine.folder, "acme-platform");
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "acme-platform", scripts: { dev: "vite" }, devDependencies: { vite: "6.0.0" } }));
  await Workbench.open(page, engine);
  const door = page.getByRole("region", { name: "Your app" });
  await door.getByRole("textbox", { name: "Folder" }).fill(folder);
  await door.getByRole("button", { name: "Open" }).last().click();
  await door.getByRole("button", { name: "Write a first tripledash.json…" }).click();

  const dialog = page.getByRole("dialog", { name: "Write a first tripledash.json" });
  const box = dialog.getByRole("textbox", { name: "tripledash.json" });
  await expect(box).toHaveValue(/"name": "acme-platform"/);
  await expect(dialog.getByText("from package.json").first()).toBeVisible();
  const proposed = await box.inputValue();
  const tenants = /"tenants": \[[^\]]*\]/;
  expect(proposed).toMatch(tenants);
  await expect(readFile(join(folder, "tripledash.json")), "nothing is written yet").rejects.toThrow("ENOENT");
  await box.fill(proposed.replace(tenants, '"tenants": [{ "id": "acme" }]'));
  await dialog.getByRole("button", { name: "Write and open" }).click();
  await expect(page.getByRole("button", { name: "Workspace: acme-platform" })).toBeVisible();
  const written = JSON.parse(await readFile(join(folder, "tripledash.json"), "utf8")) as { tenants: object[] };
  expect(written.tenants).toEqual([{ id: "acme" }]);
});

test("the folder that the engine was started in is offered a first file", async ({ page }) => {
  await writeFile(join(engine.folder, "package.json"), JSON.stringify({ name: "acme-shop", scripts: { dev: "next dev" }, dependencies: { next: "16.0.0" } }));
  await Workbench.open(page, engine);
  const door = page.getByRole("region", { name: "Your app" });
  await expect(door.getByText(`There is no tripledash.json in ${engine.folder} yet.`)).toBeVisible();
  await door.getByRole("button", { name: "Write a first tripledash.json…" }).click();
  const dialog = page.getByRole("dialog", { name: "Write a first tripledash.json" });
  await expect(dialog.getByRole("textbox", { name: "tripledash.json" })).toHaveValue(/"name": "acme-shop"/);
});
