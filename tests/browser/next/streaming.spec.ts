import { expect } from "@playwright/test";

import { nextApps, test } from "../support/apps.ts";
import { ask } from "../support/wire.ts";
import { exchange, hydrated } from "../support/workbench.ts";

for (const preview of nextApps) {
  test(`${preview} streams: a page is there, and works, before its late part`, async ({ page, stand }) => {
    const { engine, host, url } = await stand(preview);
    const gate = `late-${preview}`;
    const [answer] = await Promise.all([
      page.waitForResponse((answer) => answer.url().includes("/slow")),
      page.goto(url("acme", `/slow?gate=${gate}`), { waitUntil: "commit" }),
    ]);
    await expect(page.getByTestId("shell")).toHaveText("Shell of acme");
    await expect(page.getByTestId("fallback")).toBeVisible();
    await expect(page.getByTestId("late")).toHaveCount(0);
    const counter = page.getByTestId("counter");
    await hydrated(counter);
    await counter.click();
    await expect(counter).toHaveText("Clicked 1");
    // The agent came with the first chunk, in the upstream's own coding.
    const agent = () => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/__tripledash/agent.js"));
    expect(await page.evaluate(agent)).toHaveLength(1);
    expect(answer.headers()["content-encoding"]).toBe("gzip");

    await ask(engine.port, host("acme"), `/api/gate?name=${gate}`, { method: "POST" });
    await expect(page.getByTestId("late")).toHaveText("The late part");
    await expect(page.getByTestId("fallback")).toHaveCount(0);
    await expect(counter).toHaveText("Clicked 1");
    const seen = await exchange(engine, "tenant:acme kind:document /slow");
    expect(seen.edits.map(({ field }) => field)).toContain("body");
  });
}
