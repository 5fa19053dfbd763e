import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "@playwright/test";

import { type Stand, tenants, test } from "./support/apps.ts";
import type { Engine } from "./support/engine.ts";
import type { Exchange } from "./support/types.ts";
import { upgrade } from "./support/wire.ts";
import { exchange, exchanges, Workbench } from "./support/workbench.ts";

let at: Stand;
let engine: Engine;
let workbench: Workbench;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ stand, browser }) => {
  at = await stand("vite");
  engine = at.engine;
  await engine.api("exchanges", "DELETE");
  workbench = await Workbench.open(await browser.newPage(), engine);
  await workbench.choose({ previews: ["vite"], tenants });
});

test.afterAll(async () => {
  await workbench?.page.close();
});

test("shows each tenant its own page, and its scripts run", async () => {
  for (const tenant of tenants) {
    const { frame } = workbench.pane(tenant, "vite");
    await expect(frame.getByTestId("tenant")).toHaveText(`Tenant ${tenant}`);
    await expect(frame.getByTestId("greeting")).toHaveText("Good morning");
    await frame.getByTestId("counter").click();
    await expect(frame.getByTestId("counter")).toHaveText("Clicked 1");
  }
});

test("reloads hot after an edit, and keeps what the page holds", async () => {
  for (const tenant of tenants) {
    const sockets = async () => exchanges(engine, `tenant:${tenant} kind:hmr status:101`);
    await expect.poll(async () => (await sockets()).map(({ state }) => state)).toContain("open");
    const { responseHeaders } = await engine.api<Exchange>(`exchanges/${(await sockets())[0]!.id}`);
    expect(responseHeaders).toContainEqual(["sec-websocket-protocol", "vite-hmr"]);
  }
  const greeting = join(at.app.folder, "src/greeting.ts");
  await writeFile(greeting, (await readFile(greeting, "utf8")).replace("Good morning", "Good evening"));
  for (const tenant of tenants) {
    const { frame } = workbench.pane(tenant, "vite");
    await expect(frame.getByTestId("greeting")).toHaveText("Good evening");
    await expect(frame.getByTestId("counter")).toHaveText("Clicked 1");
    expect(await exchanges(engine, `tenant:${tenant} kind:document`)).toHaveLength(1);
  }
});

test("a socket without the page's token is refused by Vite, and the trace says so", async () => {
  const host = at.host("acme");
  expect(await upgrade(engine.port, host, "/?token=wrong", { Origin: `http://${host}`, "Sec-WebSocket-Protocol": "vite-hmr" }))
    .toBe("HTTP/1.1 400 Bad Request");
  const { diagnosis } = await exchange(engine, "tenant:acme kind:hmr status:400");
  expect(diagnosis.map(({ code }) => code)).toContain("hmr-blocked");
});
