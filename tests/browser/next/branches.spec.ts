import { cp, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "../support/engine.ts";
import { makeRepository, type Repository } from "../support/repository.ts";
import { hydrated, Workbench } from "../support/workbench.ts";

const app = resolve(import.meta.dirname, "../../fixtures/next-app");
const sources = ["app", "lib", "pages", "public", "middleware.js", "next.config.mjs", "package.json", "package-lock.json"];
const home = "app/[domain]/page.jsx";
/** Packages for two checkouts, and what `next dev` compiles before its first page. */
const firstPage = { timeout: 240_000 };

let engine: Engine | undefined;
let repository: Repository | undefined;

test.beforeEach(async () => {
  repository = await makeRepository();
  const { folder } = repository;
  for (const source of sources) {
    await cp(join(app, source), join(folder, source), { recursive: true });
  }
  await edit("<Greeting />", '<p data-testid="season">{process.env.SEASON}</p><Greeting />');
  await repository.write({
    ".gitignore": "node_modules\n.next\n.env.local\n",
    "tripledash.json": JSON.stringify({
      name: "shop",
      tenants: [{ id: "acme" }, { id: "globex" }],
      previews: [{
        git: ".",
        copy: [".env*"],
        setup: "npm ci --prefer-offline --no-audit --no-fund",
        dev: "NEXT_TELEMETRY_DISABLED=1 npm run dev -- --port {port}",
      }],
    }, null, 2),
  });
  await repository.commit("Begin");
  await repository.branch("feature/header");
  await edit("Tenant {domain}", "Tenant {domain} below a new header");
  await repository.commit("A new header");
  await repository.checkout("main");
  // git does not keep it, so that another checkout has it only if it is brought along
  await repository.write({ ".env.local": "SEASON=winter\n" });
  engine = await startEngine(null, folder);
});

test.afterEach(async () => {
  await engine?.stop();
  await repository?.remove();
  engine = repository = undefined;
});

async function edit(from: string, to: string): Promise<void> {
  const path = join(repository!.folder, home);
  const text = await readFile(path, "utf8");
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
}

test("two branches of a Next.js app run side by side, each from its own checkout", async ({ page }) => {
  test.setTimeout(480_000);
  const workbench = await Workbench.open(page, engine!);
  await workbench.choose({ previews: ["main", "feature-header"], tenants: ["acme", "globex"] });
  const main = workbench.pane("acme", "main");
  const feature = workbench.pane("acme", "feature-header");
  await main.root.getByRole("button", { name: "Start" }).click();
  await page.getByRole("button", { name: "Trust this folder and start" }).click();
  await feature.root.getByRole("button", { name: "Start" }).click();

  for (const tenant of ["acme", "globex"]) {
    const here = workbench.pane(tenant, "main").frame;
    const there = workbench.pane(tenant, "feature-header").frame;
    await expect(here.getByTestId("tenant")).toHaveText(`Tenant ${tenant}`, firstPage);
    await expect(there.getByTestId("tenant")).toHaveText(`Tenant ${tenant} below a new header`, firstPage);
    await expect(here.getByTestId("season")).toHaveText("winter");
    await expect(there.getByTestId("season"), "files of `copy` are brought along").toHaveText("winter");
    await hydrated(there.getByTestId("counter"));
  }

  // an edit in the working copy is seen in its panes, and in no other's
  await hydrated(main.frame.getByTestId("counter"));
  await main.frame.getByTestId("counter").click();
  await edit("Tenant {domain}", "Tenant {domain}, edited");
  await expect(main.frame.getByTestId("tenant")).toHaveText("Tenant acme, edited");
  await expect(main.frame.getByTestId("counter"), "replaced, not loaded again").toHaveText("Clicked 1");
  await expect(feature.frame.getByTestId("tenant")).toHaveText("Tenant acme below a new header");

  // and one that is stopped leaves the other be
  await engine!.api("workspace/previews/feature-header/stop", "POST");
  await expect(feature.root).toContainText("Does not run");
  await main.frame.getByRole("link", { name: "About acme" }).click();
  await expect(main.root).toContainText("/about");
});
