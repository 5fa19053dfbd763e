import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { startUpstream, type Upstream } from "./support/upstream.ts";
import { exchanges, Workbench } from "./support/workbench.ts";

let engine: Engine | undefined;
let upstream: Upstream | undefined;

test.afterEach(async () => {
  await Promise.all([engine?.stop(), upstream?.stop()]);
  engine = upstream = undefined;
});

test("a read-only preview refuses to be written to, until it is unlocked", async ({ page }) => {
  engine = await startEngine("demo");
  const workbench = await Workbench.open(page, engine);
  await workbench.choose({ previews: ["production"], tenants: ["acme"] });
  const { root, frame } = workbench.pane("acme", "production");
  await frame.getByRole("button", { name: "Add to basket" }).first().click();
  await expect(frame.locator("body")).toContainText("read-only");
  await expect(frame.locator("body")).toContainText("production");
  expect(await exchanges(engine, "method:POST")).toMatchObject([{ status: 405, path: "/basket", rewrittenTo: null }]);

  await expect(root.getByRole("status")).toContainText("Read-only: forms and saves are refused");
  await root.getByRole("button", { name: "Unlock…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unlock" }).click();
  await expect(root.getByRole("status")).toContainText("Unlocked");
  await workbench.goTo("/");
  await frame.getByRole("button", { name: "Add to basket" }).first().click();
  await expect(frame.getByRole("heading", { level: 1 })).toHaveText("In your basket");
});

test("a preview that is stopped says so, and its pane loads by itself once it is started", async ({ page }) => {
  const { port, stop } = await startUpstream();
  await stop();
  engine = await startEngine({
    name: "stopped",
    tenants: [{ id: "acme", name: "Acme" }],
    previews: [{ name: "main", upstream: `http://localhost:${port}` }],
  });
  const workbench = await Workbench.open(page, engine);
  const { root, frame } = workbench.pane("acme", "main");
  await expect(frame.getByRole("heading", { level: 1 })).toHaveText("The app is not running");
  await expect(frame.locator("body")).toContainText(`127.0.0.1:${port}`);
  await expect(workbench.preview("main")).toHaveAccessibleName("main: does not answer");
  await expect(root).toContainText("502");

  upstream = await startUpstream(port);
  await expect(frame.getByRole("heading", { level: 1 })).toHaveText("Shop of acme");
  await expect(workbench.preview("main")).toHaveAccessibleName("main: answers");
});

test("a pane shows what is there once its preview goes elsewhere, and stays as it is for other changes", async ({ page }) => {
  const another = await startUpstream(0, "Store");
  try {
    upstream = await startUpstream();
    const text = (port: number, tenants: object[]) => JSON.stringify({ name: "w", tenants, previews: [{ name: "main", upstream: `http://localhost:${port}` }] });
    engine = await startEngine({ name: "w", tenants: [{ id: "acme" }], previews: [{ name: "main", upstream: `http://localhost:${upstream.port}` }] });
    const workbench = await Workbench.open(page, engine);
    const { frame } = workbench.pane("acme", "main");
    const title = frame.getByRole("heading", { level: 1 });
    await expect(title).toHaveText("Shop of acme");
    await title.evaluate((element) => element.setAttribute("data-seen", "yes"));

    const file = join(engine.folder, "tripledash.json");
    await writeFile(file, text(upstream.port, [{ id: "acme" }, { id: "globex" }]));
    await expect(workbench.tenant("globex")).toBeVisible();
    await expect(title, "nothing that it shows has changed").toHaveAttribute("data-seen", "yes");

    await writeFile(file, text(another.port, [{ id: "acme" }, { id: "globex" }]));
    await expect(title).toHaveText("Store of acme");
  } finally {
    await another.stop();
  }
});
