import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "../support/engine.ts";
import { nextPaths, type Server } from "../support/next.ts";
import { exchange, hydrated, Workbench } from "../support/workbench.ts";

let app: Server;
let engine: Engine;

test.beforeAll(async () => {
  app = await nextPaths();
  engine = await startEngine({
    name: "festival",
    tenancy: { kind: "path" },
    tenants: [{ id: "houston", name: "Houston" }, { id: "chicago", name: "Chicago" }],
    previews: [{ name: "main", upstream: `http://localhost:${app.port}` }],
    pages: [{ name: "Events", path: "/events" }],
    rules: [
      { by: "app", source: "/((?:api|_next).*)" },
      { by: "app", source: "/:city/:path*", destination: "/city/{tenant}/:path*" },
      { by: "app", source: "/:path*", destination: "/main/:path*" },
    ],
  });
});

test.afterAll(async () => {
  await engine?.stop();
  await app?.stop();
});

test("a tenant's path is built, read, predicted and followed", async ({ page }) => {
  const workbench = await Workbench.open(page, engine);
  await workbench.choose({ tenants: ["houston", "chicago"], previews: ["main"] });
  const [houston, chicago] = [workbench.pane("houston", "main"), workbench.pane("chicago", "main")];
  await workbench.goTo("/events");
  await expect(houston.frame.getByTestId("page")).toHaveText("houston: /events");
  await expect(chicago.frame.getByTestId("page")).toHaveText("chicago: /events");
  const asked = await exchange(engine, "tenant:houston kind:document status:200 /houston/events");
  expect(asked).toMatchObject({
    path: "/houston/events",
    resolution: { tenant: "houston", parts: { tenant: "houston" } },
    predicted: "/city/houston/events",
    actual: "/city/houston/events",
    comparison: "same",
  });

  // A link inside the city: the other city's pane goes to its own.
  const own = houston.frame.getByRole("link", { name: "Films of this city" });
  await hydrated(own);
  await own.click();
  await expect(chicago.frame.getByTestId("page")).toHaveText("chicago: /films");
  await expect(houston.root.getByText("/films", { exact: true })).toBeVisible();

  // A link to the other city is shown as what it is, and nobody follows.
  const other = houston.frame.getByRole("link", { name: "Films of the other city" });
  await hydrated(other);
  await other.click();
  await expect(houston.root.getByText("The page left this tenant: now at /chicago/films")).toBeVisible();
  await expect(chicago.frame.getByTestId("page")).toHaveText("chicago: /films");
  await houston.root.getByRole("button", { name: "Bring it back" }).click();
  await expect(houston.frame.getByTestId("page")).toHaveText("houston: /films");
});

test("a redirect that leaves the city out is named", async ({ page }) => {
  await page.goto(`http://main.tripledash.localhost:${engine.port}/houston/account`);
  await expect(page.getByTestId("page")).toHaveText("Main site: /events");
  const lost = await exchange(engine, "tenant:houston /houston/account");
  expect(lost.status).toBe(307);
  expect(lost.diagnosis).toMatchObject([
    {
      code: "redirect-leaves-tenant",
      message: "The app sends a visitor of houston to /events, which names no tenant. The page of houston is /houston/events.",
    },
  ]);
});
