import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { Workbench } from "./support/workbench.ts";

/** An app whose host begins with the language, the tenant after it. */
const app = createServer((request, response) => {
  const [locale, tenant] = (request.headers.host ?? "").split("---");
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html><title>Shop</title><h1>${tenant} in ${locale}</h1><p>${request.url}</p>`);
});
let engine: Engine | undefined;

test.beforeEach(async () => {
  await new Promise<void>((done) => app.listen(0, "127.0.0.1", done));
  const address = app.address();
  if (typeof address !== "object" || address === null) throw new Error("a listening socket has no address");
  engine = await startEngine({
    name: "shops", prefix: ["locale", "tenant"], tenants: [{ id: "acme", name: "Acme" }, { id: "globex", name: "Globex" }],
    previews: [{ name: "main", upstream: `http://localhost:${address.port}` }],
  });
});

test.afterEach(async () => {
  await engine?.stop();
  engine = undefined;
  await new Promise<void>((done) => {
    app.close(() => done());
    app.closeAllConnections();
  });
});

test("a prefix of several parts: what is missing is asked for, chosen once for all panes, and kept", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  await workbench.choose({ previews: ["main"], tenants: ["acme", "globex"] });
  const acme = workbench.pane("acme", "main");
  const globex = workbench.pane("globex", "main");

  // nothing is chosen: each pane says what its address lacks
  await expect(acme.root.getByRole("alert")).toContainText("the prefix has 2 parts (locale, tenant), and locale is missing", { ignoreCase: true });
  await expect(acme.root.getByRole("alert"), "the button says it, and nothing says it twice").not.toContainText("a value");
  await acme.root.getByRole("button", { name: "Choose the locale…" }).click();
  const typed = page.getByRole("combobox", { name: "Choose the locale" });
  await expect(page.getByText("Type a value, as it is in the address.")).toBeVisible();
  await typed.fill("DE");
  await page.keyboard.press("Enter");
  await expect(acme.frame.getByRole("heading", { name: "acme in de" })).toBeVisible();
  await expect(globex.frame.getByRole("heading", { name: "globex in de" })).toBeVisible();

  // another value: every pane goes on where it is
  await workbench.goTo("/hats?size=7");
  await expect(globex.frame.getByText("/hats?size=7")).toBeVisible();
  await workbench.address.getByRole("button", { name: "locale: de" }).click();
  await typed.fill("fr");
  await page.keyboard.press("Enter");
  await expect(acme.frame.getByRole("heading", { name: "acme in fr" })).toBeVisible();
  await expect(acme.frame.getByText("/hats?size=7")).toBeVisible();
  await expect(globex.frame.getByRole("heading", { name: "globex in fr" })).toBeVisible();

  // what was used before is offered, and one that no host can have is refused in the pane
  await workbench.address.getByRole("button", { name: "locale: fr" }).click();
  await expect(page.getByRole("listbox", { name: "Choose the locale" }).getByRole("option")).toHaveText([/^fr/, /^de/]);
  await typed.fill("de_at");
  await page.keyboard.press("Enter");
  await expect(globex.root.getByRole("alert")).toContainText("de-at would do");
  await workbench.address.getByRole("button", { name: "locale: de_at" }).click();
  await expect(page.getByRole("listbox", { name: "Choose the locale" }).getByRole("option"), "what no host can have is not offered").toHaveText([/^fr/, /^de$/]);
  await page.getByRole("option", { name: "de", exact: true }).click();
  await expect(acme.frame.getByRole("heading", { name: "acme in de" })).toBeVisible();

  // of one tenant the address reads as it is; with none it is the preview's own
  await workbench.choose({ tenants: ["acme"] });
  await expect(workbench.address).toContainText(`de---acme---main.tripledash.localhost:${engine!.port}`);
  await page.reload();
  await expect(workbench.address).toContainText(`de---acme---main.tripledash.localhost:${engine!.port}`);
  await workbench.address.getByRole("button", { name: "Tenant: Acme" }).click();
  await page.getByRole("button", { name: "No tenant" }).click();
  await expect(workbench.address).toContainText(`no tenantmain.tripledash.localhost:${engine!.port}`);
  await expect(workbench.pane(null, "main").frame.getByRole("heading")).toBeVisible();
});

test("a part that is added in the window is chosen there", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  await page.getByRole("button", { name: /^Workspace: / }).click();
  await page.getByRole("menuitem", { name: /name and addresses/i }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Remove part 1" }).click();
  await dialog.getByRole("button", { name: "Add a part" }).click();
  await dialog.getByRole("textbox", { name: "Name of part 2" }).fill("region");
  await expect(dialog).toContainText("A part beside the tenant is chosen in the address bar");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  expect(JSON.parse(await readFile(join(engine!.folder, "tripledash.json"), "utf8"))).toMatchObject({ prefix: ["tenant", "region"] });
  await workbench.address.getByRole("button", { name: "region: none" }).click();
  await page.getByRole("combobox", { name: "Choose the region" }).fill("eu");
  await page.keyboard.press("Enter");
  await expect(workbench.address).toContainText(`acme---eu---main.tripledash.localhost:${engine!.port}`);
  await expect(workbench.pane("acme", "main").frame.getByRole("heading", { name: "eu in acme" })).toBeVisible();
});
