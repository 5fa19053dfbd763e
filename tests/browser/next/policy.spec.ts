import { expect } from "@playwright/test";

import { nextApps, test } from "../support/apps.ts";
import { exchange, hydrated, Workbench } from "../support/workbench.ts";

for (const preview of nextApps) {
  test(`${preview} with a nonce in its policy: the page hydrates in a pane, and the agent runs`, async ({ page, stand }) => {
    const { engine } = await stand(preview);
    const refused: string[] = [];
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text()) && message.type() === "error") {
        refused.push(message.text());
      }
    });
    const workbench = await Workbench.open(page, engine);
    await workbench.choose({ previews: [preview], tenants: ["acme"] });
    const answered = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/strict");
    await workbench.goTo("/strict");
    const pane = workbench.pane("acme", preview);
    await expect(pane.frame.getByTestId("tenant")).toHaveText("Strict acme");
    const counter = pane.frame.getByTestId("counter");
    await hydrated(counter);
    await counter.click();
    await expect(counter).toHaveText("Clicked 1");
    // Only the agent can have told.
    await pane.frame.locator("body").evaluate(() => history.pushState(null, "", "/strict?told=1"));
    await expect(pane.root).toContainText("/strict?told=1");
    expect(refused).toEqual([]);

    const policy = (await answered).headers()["content-security-policy"];
    expect(policy).toMatch(/script-src 'nonce-[^']+' 'strict-dynamic'/);
    expect(policy).not.toMatch(/frame-ancestors 'none'|upgrade-insecure-requests/);
    expect(await exchange(engine, "tenant:acme kind:document /strict")).toMatchObject({ comparison: "same", diagnosis: [] });
  });
}
