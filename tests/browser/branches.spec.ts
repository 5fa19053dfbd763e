import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { devServer, makeRepository, type Repository } from "./support/repository.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine | undefined;
let repository: Repository | undefined;

test.beforeEach(async () => {
  repository = await makeRepository();
  await repository.write({
    "server.js": devServer, "title.txt": "Main", "package.json": '{"name":"shop"}', "tenants.csv": "id,name\nacme,Acme\nglobex,Globex\n",
    "tripledash.json": JSON.stringify({
      name: "shop", tenants: { file: "tenants.csv" }, previews: [{ git: ".", setup: "echo installed", dev: "node server.js {port}" }],
    }, null, 2),
  });
  await repository.commit("Begin");
  await repository.branch("feature/header");
  await repository.write({ "title.txt": "New header" });
  await repository.commit("A header that gives way");
  await repository.checkout("main");
  await repository.branch("broken");
  await repository.write({ "title.txt": "Broken" });
  await repository.commit("Take prices from elsewhere");
  await repository.checkout("main");
  engine = await startEngine(null, repository.folder);
});

test.afterEach(async () => {
  await engine?.stop();
  await repository?.remove();
  engine = repository = undefined;
});

test("a branch is trusted, started, seen, read and stopped", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  const branch = workbench.preview("feature-header");
  await expect(branch).toContainText("feature/header");
  await expect(branch).toContainText("A header that gives way");
  await expect(workbench.preview("main")).toContainText("working copy");
  await workbench.choose({ previews: ["feature-header"], tenants: ["acme"] });
  const { root, frame } = workbench.pane("acme", "feature-header");
  await expect(root).toContainText("Does not run");

  // nothing runs before a person has seen what would
  await root.getByRole("button", { name: "Start" }).click();
  const dialog = page.getByRole("dialog", { name: /^Trust this folder/ });
  await expect(dialog).toContainText(repository!.folder);
  await expect(dialog.getByRole("listitem")).toHaveText([/echo installed.*previews\[0\]\.setup/s, /node server\.js \{port\}.*previews\[0\]\.dev/s]);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(root).toContainText("Does not run");
  await root.getByRole("button", { name: "Start" }).click();
  await dialog.getByRole("button", { name: "Trust this folder and start" }).click();

  // the pane loads by itself, and the branch has its own files
  await expect(frame.getByRole("heading")).toHaveText("New header");
  await expect(branch).toHaveAccessibleName(/^feature-header: runs/);

  await page.getByRole("button", { name: "Open the log of feature-header" }).or(branch).first().hover();
  await page.getByRole("button", { name: "Open the log of feature-header" }).click();
  const log = page.getByRole("log", { name: "Log of feature-header" });
  await expect(log).toContainText("installed");
  await expect(log).toContainText("listening on");
  await expect(log).toContainText("served /");
  await page.getByRole("searchbox", { name: "Search the log" }).fill("listening");
  await expect(log).not.toContainText("installed");
  await expect(log.locator("mark")).toHaveText("listening");
  await page.getByRole("searchbox", { name: "Search the log" }).press("Escape");

  // a page that is asked for now is in the log at once
  await workbench.goTo("/later");
  await expect(log).toContainText("served /later");
  await frame.getByRole("link", { name: "inside" }).click();
  await expect(root).toContainText("/inside");

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(root).toContainText("Does not run");
  await expect(branch).toHaveAccessibleName(/^feature-header: does not run/);
  await expect(log).toContainText("served /later");

  // and a second start asks nothing: the same lines are trusted
  await workbench.previews.focus();
  await page.keyboard.press("s");
  await expect(frame.getByRole("heading")).toHaveText("New header");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(frame.getByText("path /inside"), "where it was before").toBeVisible();
});

test("a server that does not start says why, and trust can be taken back", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  await workbench.choose({ previews: ["broken"], tenants: ["acme"] });
  const { root } = workbench.pane("acme", "broken");
  await root.getByRole("button", { name: "Start" }).click();
  await page.getByRole("button", { name: "Trust this folder and start" }).click();
  await expect(root).toContainText("Did not start");
  await expect(root).toContainText("ended with code 1");
  await expect(root).toContainText("Cannot find module '@acme/prices'");
  await expect(root.getByRole("button", { name: "Restart" })).toBeVisible();

  await page.getByRole("button", { name: /^Workspace/ }).click();
  await page.getByRole("menuitem", { name: "What is trusted…" }).click();
  await page.getByRole("button", { name: "Trust it no longer" }).click();
  await root.getByRole("button", { name: "Restart" }).click();
  await expect(page.getByRole("dialog", { name: /^Trust this folder/ })).toBeVisible();
});

test("a list of tenants that is saved elsewhere is told, and cannot be edited here", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  await expect(workbench.tenant("acme")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a tenant" })).toHaveCount(0);
  await repository!.write({ "tenants.csv": "id,name\nacme,Acme & Sons\nglobex,Globex\ninitech,Initech\n" });
  await expect(workbench.toasts).toContainText("tenants.csv: tenant initech added, tenant acme changed");
  await expect(workbench.tenant("initech")).toBeVisible();
  await workbench.tenant("initech").click({ button: "right" });
  await expect(page.getByText("Listed in tenants.csv: edit them there")).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Rename" })).toHaveCount(0);
});

test("commands that change while they are looked at are shown anew, and only those are trusted", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  await workbench.choose({ previews: ["feature-header"], tenants: ["acme"] });
  const { root, frame } = workbench.pane("acme", "feature-header");
  await root.getByRole("button", { name: "Start" }).click();
  const dialog = page.getByRole("dialog", { name: /^Trust this folder/ });
  await expect(dialog).toContainText("echo installed");
  await repository!.write({
    "tripledash.json": JSON.stringify({ name: "shop", tenants: { file: "tenants.csv" }, previews: [{ git: ".", dev: "node ./server.js {port}" }] }),
  });
  await expect(dialog.getByRole("alert")).toContainText("The file was changed meanwhile");
  await expect(dialog.getByRole("listitem")).toHaveText([/node \.\/server\.js/]);
  const agree = dialog.getByRole("button", { name: "Trust this folder and start" });
  await expect(agree).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("button", { name: "I have seen them" }).click();
  await agree.click();
  await expect(frame.getByRole("heading")).toHaveText("New header");
});

test("one of several hundred branches is found by typing, and started by its key", async ({ page }) => {
  await repository!.branches(300, (at) => `chore/number-${at}`);
  const workbench = await Workbench.open(page, engine!);
  const field = page.getByRole("searchbox", { name: "Find a preview" });
  await field.fill("number 257");
  const found = workbench.previews.getByRole("option");
  await expect(found).toHaveCount(1);
  await field.fill("");
  await expect(page.getByText("Branches", { exact: true })).toBeVisible();
  expect(await found.count(), "only what is in sight is made").toBeLessThan(60);

  await field.fill("header");
  await field.press("Enter");
  await expect(workbench.preview("feature-header")).toHaveAttribute("aria-selected", "true");
  await field.press("ArrowDown");
  await page.keyboard.press("s");
  await page.getByRole("button", { name: "Trust this folder and start" }).click();
  await expect(workbench.preview("feature-header")).toHaveAccessibleName(/^feature-header: runs/);
  await field.fill("");
  // what runs stands before what does not
  const names = await found.evaluateAll((options) => options.map((option) => option.ariaLabel?.split(":")[0]));
  expect(names.slice(0, 2)).toEqual(["main", "feature-header"]);
});
