import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, type Page, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { type KnowsHosts, startKnowsHosts } from "./support/knows-hosts.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine | undefined;
let app: KnowsHosts;

test.beforeEach(async () => {
  app = await startKnowsHosts();
});

test.afterEach(async () => {
  await Promise.all([engine?.stop(), app.stop()]);
  engine = undefined;
});

const line = { name: "main", host: "{tenant}.localhost:{port}" };
const previews = async () => (JSON.parse(await readFile(join(engine!.folder, "tripledash.json"), "utf8")) as { previews: object[] }).previews;
const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Which host does the app understand?" });

test("a preview that is added is asked for its Host by itself, and the line that is found is written", async ({ page }) => {
  engine = await startEngine({ name: "shops", tenants: [{ id: "acme" }, { id: "globex" }], previews: [] });
  const workbench = await Workbench.open(page, engine);
  await page.getByRole("button", { name: "Add a preview" }).first().click();
  await page.getByRole("menuitem", { name: "A preview by its address…" }).or(page.getByRole("dialog", { name: "Add a preview" })).first().click();
  const form = page.getByRole("dialog", { name: "Add a preview" });
  await form.getByRole("textbox", { name: "Address of the running app" }).fill(`http://localhost:${app.port}`);
  await form.getByRole("textbox", { name: /^Name, after/ }).fill("main");
  await form.getByRole("button", { name: "Add", exact: true }).click();

  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  const { root, frame } = workbench.pane("acme", "main");
  const told = root.getByRole("status").filter({ hasText: "The app wants Host {tenant}.localhost:{port}" });
  await expect(told).toBeVisible();
  await expect(frame.getByRole("heading", { level: 1 })).toHaveText("No such shop");
  await told.getByRole("button", { name: "Show…" }).click();

  const dialog = dialogOf(page);
  await expect(dialog.getByRole("row").filter({ hasText: `acme.localhost:${app.port}` })).toContainText("Understood");
  await dialog.getByRole("button", { name: "Write it into tripledash.json" }).click();
  await expect(dialog).toBeHidden();
  await expect(frame.getByRole("heading", { level: 1 })).toHaveText("Shop of acme");
  await expect(told).toBeHidden();
  expect(await previews()).toMatchObject([line]);
  await workbench.toasts.getByRole("button", { name: "Undo" }).click();
  await expect.poll(previews).toEqual([{ name: "main", upstream: `http://localhost:${app.port}` }]);
});

test("a probe shows that it goes on, is cancelled up to the app, and asks again as other tenants", async ({ page }) => {
  engine = await startEngine({ name: "shops", tenants: [{ id: "initech" }, { id: "hooli" }], previews: [{ name: "main", upstream: `http://localhost:${app.port}` }] });
  await page.clock.install();
  const workbench = await Workbench.open(page, engine);
  await expect(workbench.pane("initech", "main").frame.getByRole("heading")).toHaveText("No such shop");
  app.hold();
  const open = async () => {
    await workbench.preview("main").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Find out its Host…" }).click();
  };
  await open();
  const dialog = dialogOf(page);
  await expect(dialog.getByRole("status")).toContainText("Asking the app…");
  await expect.poll(app.waiting).toBeGreaterThan(0);
  await page.clock.fastForward(3000);
  await expect(dialog.getByText(/^[3-9] s$/)).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(app.waiting, { message: "nobody waits at the app any more" }).toBe(0);

  app.release();
  await open();
  await expect(dialog.getByRole("textbox", { name: "As tenants" })).toHaveValue("initech, hooli");
  await dialog.getByRole("textbox", { name: "As tenants" }).fill("acme globex");
  await dialog.getByRole("button", { name: "Ask again" }).click();
  const row = dialog.getByRole("row").filter({ hasText: `acme.localhost:${app.port}` });
  await expect(row).toContainText("Understood");
  await expect(row).toContainText("/acme/");
  await dialog.getByRole("button", { name: "Each answer" }).click();
  await expect(dialog.getByRole("row").filter({ hasText: `globex.localhost:${app.port}` })).toContainText("200");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(await previews(), "nothing is written unasked").toEqual([{ name: "main", upstream: `http://localhost:${app.port}` }]);
});
