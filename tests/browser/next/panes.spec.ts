import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "@playwright/test";

import { type AppName, development, type Stand, tenants, test } from "../support/apps.ts";
import type { Engine } from "../support/engine.ts";
import { exchange, exchanges, hydrated, Workbench } from "../support/workbench.ts";

for (const preview of [...development, "next-start"] as const satisfies AppName[]) {
  test.describe(`${preview} in panes`, () => {
    // One window for all of them: a page of `next dev` takes seconds to load.
    test.describe.configure({ mode: "serial" });
    let at: Stand;
    let engine: Engine;
    let workbench: Workbench;

    test.beforeAll(async ({ stand, browser }) => {
      at = await stand(preview);
      engine = at.engine;
      await engine.api("exchanges", "DELETE");
      workbench = await Workbench.open(await browser.newPage(), engine);
      await workbench.choose({ previews: [preview], tenants });
    });

    test.afterAll(async () => {
      await workbench?.page.close();
    });

    const home = async () => {
      await workbench.goTo("/");
      for (const tenant of tenants) {
        await expect(workbench.pane(tenant, preview).frame.getByTestId("tenant")).toHaveText(`Tenant ${tenant}`);
      }
    };

    test("shows each tenant its own page, hydrated, as the rule predicts", async () => {
      for (const tenant of tenants) {
        const { frame } = workbench.pane(tenant, preview);
        await expect(frame.getByTestId("tenant")).toHaveText(`Tenant ${tenant}`);
        const counter = frame.getByTestId("counter");
        await hydrated(counter);
        await counter.click();
        await counter.click();
        await expect(counter).toHaveText("Clicked 2");

        const seen = await exchange(engine, `tenant:${tenant} preview:${preview} kind:document`);
        expect(seen).toMatchObject({
          status: 200,
          predicted: `/${tenant}`,
          actual: `/${tenant}`,
          comparison: "same",
          rewrittenTo: `/${tenant}`,
        });
        await workbench.filterTrace(`tenant:${tenant} kind:document`);
        await workbench.chooseExchange(seen.id);
        await expect(workbench.stop("app")).toHaveAttribute("data-verdict", "passed");
        await expect(workbench.stop("app")).toContainText("predicted");
        await expect(workbench.route.getByText("as predicted", { exact: true })).toBeVisible();
      }
    });

    if (preview !== "next-start") {
      test("reloads hot after an edit, and keeps what the page holds", async () => {
        for (const tenant of tenants) {
          await expect
            .poll(async () => (await exchanges(engine, `tenant:${tenant} kind:hmr status:101`)).map(({ method, state }) => [method, state]), {
              message: `a hot reloading socket of ${tenant}`,
            })
            .toContainEqual(["GET", "open"]);
        }
        const greeting = join(at.app.folder, "app/[domain]/greeting.jsx");
        await writeFile(greeting, (await readFile(greeting, "utf8")).replace("Good morning", "Good evening"));
        for (const tenant of tenants) {
          const { frame } = workbench.pane(tenant, preview);
          await expect(frame.getByTestId("greeting")).toHaveText("Good evening");
          await expect(frame.getByTestId("counter")).toHaveText("Clicked 2");
          expect(await exchanges(engine, `tenant:${tenant} kind:document`)).toHaveLength(1);
        }
      });
    }

    test("runs a server action", async () => {
      const { frame } = workbench.pane("acme", preview);
      const save = frame.getByRole("button", { name: "Save note" });
      await hydrated(save);
      await frame.getByRole("textbox", { name: "Note" }).fill("three dashes");
      await save.click();
      await expect(frame.getByTestId("note")).toHaveText("three dashes");
      const action = await exchange(engine, `tenant:acme preview:${preview} method:POST`);
      expect(action).toMatchObject({ status: 200, predicted: "/acme", comparison: "same" });
    });

    test("follows a Link softly, in every pane, with a handful of requests", async () => {
      const acme = workbench.pane("acme", preview);
      const globex = workbench.pane("globex", preview);
      await engine.api("exchanges", "DELETE");
      await acme.frame.getByRole("link", { name: "About acme" }).click();
      await expect(acme.frame.getByTestId("about")).toHaveText("About acme");
      await expect(globex.frame.getByTestId("about")).toHaveText("About globex");
      await expect(workbench.address.getByRole("combobox", { name: "Path" })).toHaveValue("/about");

      expect(await exchanges(engine, `tenant:acme preview:${preview} kind:document`)).toEqual([]);
      const flight = await exchange(engine, `tenant:acme preview:${preview} kind:rsc /about`);
      expect(flight).toMatchObject({ status: 200, predicted: "/acme/about", comparison: "same" });
      expect(await exchanges(engine, `preview:${preview} status:307`)).toEqual([]);
      expect((await exchanges(engine, `tenant:acme preview:${preview} kind:rsc`)).length).toBeLessThanOrEqual(4);
    });

    test("brings a redirect to the server's own host back to the tenant, and says so", async () => {
      await home();
      await workbench.goTo("/api/leave");
      for (const tenant of tenants) {
        await expect(workbench.pane(tenant, preview).frame.getByTestId("about")).toHaveText(`About ${tenant}`);
      }
      const seen = await exchange(engine, `tenant:acme preview:${preview} /api/leave`);
      expect(seen.diagnosis.map(({ code }) => code)).toContain("redirect-leaves-tenant");
      const location = seen.edits.find(({ stage, field }) => stage === "response" && field === "location");
      expect(location?.before).toMatch(/^https?:\/\/localhost:\d+\/about$/);
      expect(location?.after).toBe(at.url("acme", "/about"));
    });

    test("keeps a strict login in the pane, away from the other tenant and the other session", async () => {
      await home();
      await workbench.openSession("acme", "visitor");
      const first = workbench.pane("acme", preview);
      // What is typed before React takes the page over may be lost, as it would be to a person.
      await hydrated(first.frame.getByTestId("counter"));
      await first.frame.getByRole("textbox", { name: "User" }).fill("ann");
      await first.frame.getByRole("button", { name: "Log in" }).click();
      await expect(first.frame.getByTestId("account")).toHaveText("ann at acme");
      for (const other of [workbench.pane("globex", preview), workbench.pane("acme", preview, "visitor")]) {
        await expect(other.frame.getByTestId("account")).toHaveText("Please log in");
      }

      const host = `acme---${preview}.tripledash.localhost`;
      const reloaded = workbench.page.waitForEvent("framenavigated", (frame) => new URL(frame.url()).hostname === host);
      await first.root.getByRole("button", { name: "Reload" }).click();
      await reloaded;
      await expect(first.frame.getByTestId("account")).toHaveText("ann at acme");

      const kept = (await workbench.page.context().cookies()).filter(({ name }) => name === "user");
      expect(kept).toMatchObject([
        { domain: host, httpOnly: true, sameSite: "Lax", value: "ann" },
      ]);
      const answer = await exchange(engine, `tenant:acme preview:${preview} method:POST /api/log-in`);
      expect(answer.edits.map(({ field }) => field)).toContain("set-cookie");
      expect(JSON.stringify(answer)).not.toContain("user=ann");
    });
  });
}
