import { readFile, writeFile } from "node:fs/promises";

import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import type { WorkspaceState } from "./support/types.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine;
let workbench: Workbench;

test.beforeEach(async ({ page }) => {
  engine = await startEngine("demo");
  workbench = await Workbench.open(page, engine);
});

test.afterEach(async () => {
  await engine?.stop();
});

const state = () => engine.api<WorkspaceState>("workspace");

async function edit(change: (text: string) => string): Promise<void> {
  const { origin } = await state();
  const before = await readFile(origin.file, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(origin.file, after);
}

test("an edit on disk is in the window at once", async () => {
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  const { root, frame } = workbench.pane("acme", "main");
  await expect(frame.getByRole("heading", { level: 1 })).toBeVisible();
  await edit((text) => text.replace("Acme & Sons", "Acme & Daughters").replace('"tags": ["audio"]', '"tags": ["audio", "dark"]'));
  await expect(root.getByRole("heading", { name: "Acme & Daughters" })).toBeVisible();
  await expect(workbench.tenant("acme")).toContainText("Acme & Daughters");
  await expect(workbench.page.getByRole("button", { name: "dark", exact: true })).toBeVisible();
});

test("a broken save says where, and the last good one stays", async ({ page }) => {
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  const { frame } = workbench.pane("acme", "main");
  await expect(frame.getByRole("heading", { level: 1 })).toBeVisible();
  const good = await readFile((await state()).origin.file, "utf8");
  await edit((text) => text.replace('"previews"', '"preveiws"'));

  const banner = page.getByTestId("problems-banner");
  const line = good.split("\n").findIndex((one) => one.includes('"previews"')) + 1;
  await expect(banner).toContainText(`${line}:3`);
  await expect(banner).toContainText("the last good one is shown");
  await banner.getByRole("button", { name: "Show" }).click();
  const dialog = page.getByRole("dialog", { name: "Problems" });
  const problem = dialog.getByRole("listitem").filter({ hasText: `tripledash.json:${line}:3` });
  await expect(problem).toContainText("preveiws");
  await expect(problem, "the nearest known key").toContainText("previews");
  await page.keyboard.press("Escape");

  await frame.getByRole("link", { name: "Journal", exact: true }).click();
  await expect(frame.getByText("Three generations have stood")).toBeVisible();
  expect((await state()).previews.map(({ name }) => name)).toContain("main");

  await edit(() => good);
  await expect(banner).toBeHidden();
});

test("a change in the window is written to the file, and undone in it", async ({ page }) => {
  const { origin } = await state();
  const before = await readFile(origin.file, "utf8");
  await workbench.tenant("umbra").dblclick();
  const name = page.getByRole("textbox", { name: "New name of UMBRA" });
  await name.fill("Umbra Audio");
  await name.press("Enter");
  await expect(workbench.tenant("umbra")).toContainText("Umbra Audio");
  expect(await readFile(origin.file, "utf8")).toBe(before.replace('"UMBRA"', '"Umbra Audio"'));

  await page.getByRole("button", { name: "Workspace: six-shops" }).click();
  await page.getByRole("menuitem", { name: "Undo the last change" }).click();
  await expect(workbench.tenant("umbra")).toContainText("UMBRA");
  expect(await readFile(origin.file, "utf8")).toBe(before);
});
