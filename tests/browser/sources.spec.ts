import { rename } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { makeRepository, type Repository } from "./support/repository.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine | undefined;
let repository: Repository | undefined;

test.beforeEach(async () => {
  repository = await makeRepository();
});

test.afterEach(async () => {
  await engine?.stop();
  await repository?.remove();
  engine = repository = undefined;
});

test("a source that cannot be asked any more says how old what it shows is", async ({ page }) => {
  await repository!.write({ "tripledash.json": JSON.stringify({ name: "shop", previews: [{ git: "." }] }) });
  await repository!.commit("Begin");
  engine = await startEngine(null, repository!.folder);
  await page.clock.install();
  const workbench = await Workbench.open(page, engine);
  await expect(workbench.preview("main")).toBeVisible();

  const git = join(repository!.folder, ".git");
  await rename(git, join(repository!.folder, ".away"));
  await page.getByRole("button", { name: "Look for branches again" }).click();
  await expect(workbench.previews.getByText("not current")).toBeAttached();
  await expect(workbench.preview("main"), "what it said before stays").toBeVisible();
  const told = workbench.previews.getByText("What is shown was read");
  await expect(told).toContainText("read just now.");
  await page.clock.fastForward("05:00");
  await expect(told).toContainText("read 5 min ago.");
  await expect(workbench.previews.getByLabel("read 5 min ago")).toBeVisible();

  // and it is current again when it can be asked
  await rename(join(repository!.folder, ".away"), git);
  await page.getByRole("button", { name: "Look for branches again" }).press("Enter");
  await page.clock.fastForward("00:05");
  await expect(told).toHaveCount(0);
  await expect(workbench.previews.getByText("not current")).toHaveCount(0);
});

test("what should be known of a source is told below its head", async ({ page }) => {
  await repository!.write({
    "tripledash.json": JSON.stringify({ name: "shop", previews: [{ template: "http://{branch}.preview.localhost:9", git: "." }] }),
  });
  await repository!.commit("Begin");
  await repository!.branches(4, (at) => ["fix/header", "fix-header", "fix.header", "fix+header"][at]!);
  engine = await startEngine(null, repository!.folder);
  const workbench = await Workbench.open(page, engine);
  const notes = workbench.previews.getByRole("list", { name: "Notes" }).getByRole("listitem");
  await expect(notes).toHaveCount(2);
  await expect(notes.first()).toContainText(/^The branches .* would both be at http:\/\/fix-header\.preview\.localhost:9\.$/);
  const more = workbench.previews.getByRole("button", { name: "1 more" });
  await more.focus();
  await page.keyboard.press("Enter");
  await expect(notes).toHaveCount(3);
});
