import { expect, type Page, type Request } from "@playwright/test";

import { behind, nextApps, test, workspace } from "../support/apps.ts";
import { type Engine, startEngine } from "../support/engine.ts";
import { type Relay, type Seen, startRelay } from "../support/relay.ts";
import { ask } from "../support/wire.ts";
import { hydrated } from "../support/workbench.ts";

/** What Next.js's router says of itself: 16.3 and later answer 307 over and over when any of it is altered. */
const ofTheRouter = (name: string) => /^(rsc|next-.*|accept)$/i.test(name);
/** What comes when it likes: the browser's look for an icon, a development server's sockets, fonts and stack frames. */
const byChance = (path: string) => /^\/(favicon\.ico|_next\/(webpack-)?hmr|__nextjs)/.test(path);

/** What was asked for, in an order that does not hang on chance; what `_rsc` and `v` say hangs on the moment. */
const tally = (seen: Seen[]) =>
  seen
    .filter(({ path }) => !byChance(path))
    .map(({ method, path, headers }) => [method, path.replace(/\b(_rsc|v)=[^&]*/, "$1"), ...prefetched(headers)].join(" "))
    .sort();

const prefetched = (headers: [string, string][]) =>
  headers.filter(([name]) => /^next-router-(segment-)?prefetch$/i.test(name)).map(([, value]) => value);

const routed = (headers: [string, string][]) =>
  headers
    .filter(([name]) => ofTheRouter(name))
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .sort();

async function tour(page: Page, url: (path: string) => string): Promise<void> {
  await page.goto(url("/"));
  await expect(page.getByTestId("tenant")).toHaveText("Tenant acme");
  await hydrated(page.getByTestId("counter"));
  await page.waitForLoadState("networkidle");
  for (const [link, shown] of [["About acme", "about"], ["Account", "account"]] as const) {
    await page.getByRole("link", { name: link }).click();
    await expect(page.getByTestId(shown)).toBeVisible();
    await page.waitForLoadState("networkidle");
  }
  await page.goBack();
  await expect(page.getByTestId("about")).toBeVisible();
  await page.getByRole("link", { name: "Home" }).click();
  await expect(page.getByTestId("tenant")).toBeVisible();
  await page.waitForLoadState("networkidle");
}

for (const preview of nextApps) {
  test.describe(`what ${preview} is asked for`, () => {
    let relay: Relay;
    let engine: Engine;

    test.beforeAll(async ({ stand }) => {
      relay = await startRelay((await stand(preview)).app.port);
      engine = await startEngine(workspace(preview, relay.port));
    });

    test.afterAll(async () => {
      await engine?.stop();
      await relay?.stop();
    });

    test("is the same through the proxy as without it, to the byte", async ({ browser }) => {
      const { host, url } = behind(engine, preview);
      const direct = await browser.newPage();
      // The routes are compiled by a first tour; the second is what counts.
      const name = host("acme").split(":")[0]!;
      await tour(direct, (path) => `http://${name}:${relay.port}${path}`);
      await direct.close();

      const again = await browser.newPage();
      relay.seen.length = 0;
      await tour(again, (path) => `http://${name}:${relay.port}${path}`);
      await again.close();
      const wanted = tally(relay.seen);
      expect(wanted.filter((line) => line.includes("_rsc")).length).toBeGreaterThanOrEqual(3);

      const page = await browser.newPage();
      const asked: Request[] = [];
      const statuses: number[] = [];
      page.on("request", (request) => asked.push(request));
      page.on("response", (answer) => statuses.push(answer.status()));
      relay.seen.length = 0;
      await tour(page, (path) => url("acme", path));
      expect(tally(relay.seen)).toEqual(wanted);
      expect(statuses).not.toContain(307);

      // Each request of the router arrives as the browser sent it: fields and query.
      const sent = await Promise.all(
        asked
          .filter((request) => request.url().includes("_rsc="))
          .map(async (request) => ({ path: tail(request.url()), headers: routed(Object.entries(await request.allHeaders())) })),
      );
      const arrived = relay.seen
        .filter(({ path }) => path.includes("_rsc="))
        .map(({ path, headers }) => ({ path, headers: routed(headers) }));
      expect(arrived.map((one) => JSON.stringify(one)).sort()).toEqual(sent.map((one) => JSON.stringify(one)).sort());
      await page.close();
    });

    test("keeps what only the router understands, however odd", async () => {
      const { host } = behind(engine, preview);
      const odd = {
        rsc: "1",
        "next-router-state-tree": "%5B%22%22%2C%7B%22children%22%3A%5B%5B%22domain%22%2C%22acme%22%2C%22d%22%5D%7D%5D",
        "next-router-prefetch": "2",
        "next-router-segment-prefetch": "/$d$domain/isr/__PAGE__",
        "next-url": "/acme/a%20b/%E2%80%A6?x=[1]",
        "next-hmr-refresh": "1",
        "x-nextjs-data": "1",
      };
      relay.seen.length = 0;
      await ask(engine.port, host("acme"), "/about?_rsc=1%2b1+%5B&_rsc", { headers: odd });
      expect(relay.seen).toHaveLength(1);
      expect(relay.seen[0]!.path).toBe("/about?_rsc=1%2b1+%5B&_rsc");
      expect(Object.fromEntries(relay.seen[0]!.headers.map(([name, value]) => [name.toLowerCase(), value]))).toMatchObject(odd);
    });
  });
}

/** Path and query as they stand in a URL, which `URL` might write anew. */
const tail = (url: string) => url.slice(url.indexOf("/", "http://".length));
