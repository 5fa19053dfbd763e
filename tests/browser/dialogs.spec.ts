import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, type Locator, type Page, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { type Hostile, startHostile } from "./support/hostile.ts";
import { makeRepository, type Repository } from "./support/repository.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine | undefined;
let app: Hostile;
let repository: Repository | undefined;

test.beforeEach(async () => {
  app = await startHostile();
});

test.afterEach(async () => {
  await engine?.stop();
  await Promise.all([app.stop(), repository?.remove()]);
  engine = repository = undefined;
});

const shops = () => ({
  name: "shops", tenants: [{ id: "acme", name: "Acme" }, { id: "globex", name: "Globex" }],
  previews: [{ name: "main", upstream: `http://localhost:${app.port}` }],
});
type File = { tenants?: unknown; previews: Record<string, unknown>[]; pages?: object[] };
const text = () => readFile(join(engine!.folder, "tripledash.json"), "utf8");
const file = async () => JSON.parse(await text()) as File;

async function fromMenu(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: /^Workspace: / }).click();
  await page.getByRole("menuitem", { name: item }).click();
}
const save = (dialog: Locator) => dialog.getByRole("button", { name: "Save" }).click();

test("a page by name is elsewhere for one tenant, and pages have an order", async ({ page }) => {
  engine = await startEngine(shops());
  const workbench = await Workbench.open(page, engine);
  await workbench.choose({ previews: ["main"], tenants: ["acme", "globex"] });
  const before = await text();
  await fromMenu(page, "Pages…");
  const dialog = page.getByRole("dialog", { name: "Pages" });
  await dialog.getByRole("button", { name: "Add a page" }).click();
  await dialog.getByRole("textbox", { name: "Name of page 1" }).fill("Product");
  await dialog.getByRole("textbox", { name: "Path of Product" }).fill("products/42");
  await save(dialog);
  await expect(dialog.getByRole("textbox", { name: "Path of Product" })).toHaveAccessibleDescription(/wanted/);
  expect(await text()).toBe(before);
  await dialog.getByRole("textbox", { name: "Path of Product" }).fill("/products/42");
  await dialog.getByRole("button", { name: "same for all" }).click();
  await dialog.getByRole("button", { name: "A tenant that has it elsewhere" }).click();
  await page.getByRole("combobox", { name: "Find a tenant" }).fill("glob");
  await page.keyboard.press("Enter");
  await dialog.getByRole("textbox", { name: "Path of Product for globex" }).fill("/products/7");
  await dialog.getByRole("button", { name: "Add a page" }).click();
  await dialog.getByRole("textbox", { name: "Name of page 2" }).fill("Home");
  await dialog.getByRole("textbox", { name: "Path of Home" }).fill("/");
  await dialog.getByRole("textbox", { name: "Path of Home" }).press("Alt+ArrowUp");
  await save(dialog);
  await expect(dialog).toBeHidden();
  expect((await file()).pages).toEqual([{ name: "Home", path: "/" }, { name: "Product", path: "/products/42", tenants: { globex: "/products/7" } }]);

  await workbench.address.getByRole("combobox", { name: "Path" }).click();
  await page.getByRole("option", { name: /^Product/ }).click();
  await expect(workbench.pane("acme", "main").frame.getByRole("heading")).toHaveText("Page /products/42");
  await expect(workbench.pane("globex", "main").frame.getByRole("heading")).toHaveText("Page /products/7");
  await workbench.toasts.getByRole("button", { name: "Undo" }).click();
  await expect.poll(text).toBe(before);
});

test("what a preview adds and where it differs is edited, and reaches the app", async ({ page }) => {
  engine = await startEngine(shops());
  const workbench = await Workbench.open(page, engine);
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  await expect(workbench.pane("acme", "main").frame.getByRole("heading")).toHaveText("Page /");
  await workbench.previews.focus();
  await page.keyboard.press("F2");
  const dialog = page.getByRole("dialog", { name: "Edit main" });
  const section = (name: string) => dialog.getByRole("region", { name });
  await section("Headers to add").getByRole("button", { name: /^Headers to add/ }).click();
  await section("Headers to add").getByRole("button", { name: "Add a header" }).click();
  await dialog.getByRole("textbox", { name: "Name of header 1" }).fill("x-flag");
  await dialog.getByRole("textbox", { name: "Value of x-flag" }).fill("on for {tenant}");
  await section("Tenants that differ here").getByRole("button", { name: /^Tenants that differ/ }).click();
  await section("Tenants that differ here").getByRole("button", { name: "A tenant that differs here" }).click();
  // By hand: the list lies above the dialog.
  await page.getByRole("option", { name: "Acme" }).click();
  await dialog.getByRole("textbox", { name: "Id of acme here" }).fill("acme-prod");
  await section("Timeout").getByRole("button", { name: /^Timeout/ }).click();
  const timeout = section("Timeout");
  await timeout.getByRole("textbox").fill("soon");
  await save(dialog);
  await expect(timeout.getByRole("alert")).toContainText('"soon"');
  await timeout.getByRole("textbox").fill("20");
  await save(dialog);
  await expect(dialog).toBeHidden();
  expect((await file()).previews).toEqual([
    { name: "main", upstream: `http://localhost:${app.port}`, headers: { "x-flag": "on for {tenant}" }, tenants: { acme: { id: "acme-prod" } }, timeout: 20 },
  ]);
  await workbench.goTo("/now");
  await expect.poll(() => app.seen.findLast(({ path }) => path === "/now")).toMatchObject({ headers: { "x-flag": "on for acme-prod" } });
  expect(app.seen.findLast(({ path }) => path === "/now")?.host).toMatch(/^acme-prod---main\./);
});

test("a source of previews is added, narrowed and removed", async ({ page }) => {
  repository = await makeRepository();
  await repository.write({ "tripledash.json": JSON.stringify(shops(), null, 2) });
  await repository.commit("Begin");
  await repository.branches(2, (at) => ["release/1", "chore/x"][at]!);
  engine = await startEngine(null, repository.folder);
  const workbench = await Workbench.open(page, engine);
  await page.getByRole("button", { name: "Add a preview" }).click();
  await page.getByRole("menuitem", { name: "Branches of a git repository…" }).click();
  const adding = page.getByRole("dialog", { name: "Add the branches of a repository" });
  await adding.getByRole("textbox", { name: "Host to send" }).fill("{shop}.localhost");
  await adding.getByRole("button", { name: "Add", exact: true }).click();
  await expect(adding.getByRole("textbox", { name: "Host to send" })).toHaveAccessibleDescription(/unknown variable \{shop\}/);
  await adding.getByRole("textbox", { name: "Host to send" }).fill("");
  await adding.getByRole("textbox", { name: "Command that serves it" }).fill("npm run dev -- --port {port}");
  await adding.getByRole("button", { name: "Add", exact: true }).click();
  await expect(workbench.preview("release-1")).toBeVisible();
  await expect(workbench.preview("chore-x")).toBeVisible();

  const actions = () => page.getByRole("button", { name: "Actions for branches" }).press("Enter");
  await actions();
  await page.getByRole("menuitem", { name: "Edit source…" }).click();
  const editing = page.getByRole("dialog", { name: "Edit the branches’ source" });
  await editing.getByRole("textbox", { name: "Branches to show" }).fill("main, release/*");
  await save(editing);
  await expect(workbench.preview("chore-x")).toHaveCount(0);
  await expect(workbench.preview("release-1")).toBeVisible();

  await actions();
  await page.getByRole("menuitem", { name: "Remove source…" }).click();
  await page.getByRole("dialog", { name: "Remove this source?" }).getByRole("button", { name: "Remove" }).click();
  await expect(workbench.preview("release-1")).toHaveCount(0);
  expect(JSON.parse(await readFile(join(repository.folder, "tripledash.json"), "utf8"))).toEqual(shops());
});

test("tenants come from a file, from an address, from a command once it is trusted, and back", async ({ page }) => {
  engine = await startEngine(shops());
  await Promise.all([
    writeFile(join(engine.folder, "tenants.csv"), "id,name\ninitech,Initech\n"),
    writeFile(join(engine.folder, "list.cjs"), 'console.log(JSON.stringify([{ id: "umbra", name: "Umbra " + process.argv[2] }]));\n'),
  ]);
  const listed = await startHostile({ "/tenants": '[{ "id": "hooli", "name": "Hooli" }]' });
  try {
    const workbench = await Workbench.open(page, engine);
    await expect(workbench.tenant("acme")).toBeVisible();
    const dialog = page.getByRole("dialog", { name: "Where tenants are listed" });
    const open = async (choice: RegExp) => {
      await fromMenu(page, "Where tenants are listed…");
      await dialog.getByRole("radio", { name: choice }).check();
    };
    await open(/^In another file/);
    await expect(dialog).toContainText("The 2 tenants that tripledash.json lists go out of it");
    await dialog.getByRole("textbox", { name: "File" }).fill("tenants.csv");
    await save(dialog);
    await expect(workbench.tenant("initech")).toBeVisible();
    await expect(workbench.tenant("acme")).toHaveCount(0);

    await open(/^At an address/);
    await dialog.getByRole("textbox", { name: "Address" }).fill(`http://localhost:${listed.port}/login`);
    await save(dialog);
    await expect(page.getByText(/is a page of HTML, wanted JSON or CSV/)).toBeVisible();
    await open(/^At an address/);
    await dialog.getByRole("textbox", { name: "Address" }).fill(`http://localhost:${listed.port}/tenants`);
    await dialog.getByRole("textbox", { name: "Ask it again every" }).fill("often");
    await dialog.getByRole("button", { name: "Add a header" }).click();
    await dialog.getByRole("textbox", { name: "Name of header 1" }).fill("x-key");
    await dialog.getByRole("textbox", { name: "Value of x-key" }).fill("k1");
    await save(dialog);
    await expect(dialog.getByRole("textbox", { name: "Ask it again every" })).toHaveAccessibleDescription(/"often"/);
    await dialog.getByRole("textbox", { name: "Ask it again every" }).fill("5m");
    await save(dialog);
    await expect(workbench.tenant("hooli")).toBeVisible();
    expect(listed.seen.at(-1)?.headers["x-key"]).toBe("k1");

    await open(/^By a command/);
    await dialog.getByRole("textbox", { name: /^Program and its arguments/ }).fill("node\nlist.cjs\nTwo Words");
    await save(dialog);
    await expect(dialog).toBeHidden();
    await expect(workbench.tenant("umbra")).toHaveCount(0);
    await page.getByRole("button", { name: "See what it would do…" }).click();
    const trust = page.getByRole("dialog", { name: /^Trust this folder/ });
    await expect(trust.getByRole("listitem")).toContainText("list.cjs");
    await trust.getByRole("button", { name: "Trust this folder" }).click();
    await expect(workbench.tenant("umbra")).toContainText("Umbra Two Words");

    await open(/^In tripledash\.json/);
    await expect(dialog).toContainText("The 1 that are known now are written into it.");
    await save(dialog);
    await expect(page.getByRole("button", { name: "Add a tenant" })).toBeVisible();
    expect((await file()).tenants).toMatchObject([{ id: "umbra", name: "Umbra Two Words" }]);
  } finally {
    await listed.stop();
  }
});
