import { createServer, type Server } from "node:http";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AddressInfo } from "node:net";

import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine | undefined;
let server: Server | undefined;
let keys: (string | string[] | undefined)[] = [];

test.beforeEach(async () => {
  keys = [];
  server = createServer((request, response) => {
    keys.push(request.headers["x-key"]);
    response.setHeader("content-type", "text/html");
    response.end("<h1>Far away</h1>");
  });
  await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
});

test.afterEach(async () => {
  await engine?.stop();
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done));
  engine = server = undefined;
});

test("a preview that would send a secret elsewhere waits until a person has seen where", async ({ page }) => {
  const { port } = server!.address() as AddressInfo;
  engine = await startEngine(null);
  // where a variable says the host, nobody knows that it is this machine
  await writeFile(join(engine.folder, ".env.local"), "FAR=127.0.0.1\nKEY=s3cret\n");
  const upstream = `http://\${env:FAR}:${port}`;
  await writeFile(join(engine.folder, "tripledash.json"), JSON.stringify({
    name: "shop", tenants: [{ id: "acme" }], previews: [{ name: "far", upstream, headers: { "x-key": "${env:KEY}" } }],
  }));
  await engine.api("workspace/open", "POST", { folder: engine.folder });

  const workbench = await Workbench.open(page, engine);
  await workbench.choose({ previews: ["far"], tenants: ["acme"] });
  const { root, frame } = workbench.pane("acme", "far");
  await expect(root.getByRole("heading", { name: "far waits for your trust" })).toBeVisible();
  await expect(root).toContainText(`sends FAR, KEY to ${upstream}`);
  await expect(workbench.preview("far")).toContainText("not trusted");
  expect(keys).toEqual([]);

  // it can be edited as the file says it, so that nothing has to be sent
  await workbench.preview("far").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Edit…" }).click();
  const edited = page.getByRole("dialog", { name: "Edit far" });
  await expect(edited.getByRole("textbox", { name: "Address of the running app" })).toHaveValue(upstream);
  await edited.getByRole("button", { name: "Cancel" }).click();

  await root.getByRole("button", { name: "See what it would do…" }).click();
  const dialog = page.getByRole("dialog", { name: "Trust this folder?" });
  await expect(dialog.getByRole("listitem")).toContainText(`Sends FAR, KEY to ${upstream}`);
  await dialog.getByRole("button", { name: "Trust this folder" }).click();
  await expect(frame.getByRole("heading")).toHaveText("Far away");
  await expect(root, "who answered goes on in the pane that asked").toBeFocused();
  expect(new Set(keys)).toEqual(new Set(["s3cret"]));
});
