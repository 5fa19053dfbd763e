import { expect, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { exchanges, type Pane, Workbench } from "./support/workbench.ts";

let engine: Engine;
let workbench: Workbench;

const shops = { acme: "Hand tools", kessler: "Messwerkzeuge", nour: "فوانيس" };
const others = ["kessler", "nour"];

test.beforeAll(async () => {
  engine = await startEngine("demo");
});

test.afterAll(async () => {
  await engine?.stop();
});

test.beforeEach(async ({ page }) => {
  await engine.api("exchanges", "DELETE");
  workbench = await Workbench.open(page, engine);
  await workbench.choose({ previews: ["main"], tenants: Object.keys(shops) });
  for (const [tenant, words] of Object.entries(shops)) {
    await expect(title(workbench.pane(tenant, "main"))).toContainText(words);
  }
});

const title = ({ frame }: Pane) => frame.getByRole("heading", { level: 1 });

/** How far down a pane's page is, of all it can go. */
const scrolled = ({ frame }: Pane) =>
  frame.locator("html").evaluate((root) => root.scrollTop / (root.scrollHeight - root.clientHeight));

async function wheel(pane: Pane, by: number): Promise<void> {
  await pane.frame.locator("main").hover();
  await workbench.page.mouse.wheel(0, by);
}

async function toggleSync(what: "Scroll together" | "Navigate together"): Promise<void> {
  await workbench.page.getByRole("button", { name: /^Sync: / }).click();
  const item = workbench.page.getByRole("menuitemcheckbox", { name: what });
  const before = await item.getAttribute("aria-checked");
  await item.click();
  await expect(item).toHaveAttribute("aria-checked", before === "true" ? "false" : "true");
  await workbench.page.keyboard.press("Escape");
  await expect(item).toBeHidden();
}

test("a link followed in one pane is followed in the others", async () => {
  await workbench.pane("acme", "main").frame.getByRole("link", { name: "Journal", exact: true }).click();
  await expect(workbench.pane("acme", "main").frame.getByText("Three generations have stood")).toBeVisible();
  await expect(workbench.pane("kessler", "main").frame.getByText("Seit 1923")).toBeVisible();
  await expect(workbench.pane("nour", "main").root).toContainText("/journal");
  await expect(workbench.address.getByRole("combobox", { name: "Path" })).toHaveValue("/journal");
});

test("a page that is scrolled takes the others along", async () => {
  await wheel(workbench.pane("acme", "main"), 300);
  await expect.poll(() => scrolled(workbench.pane("acme", "main"))).toBeGreaterThan(0.1);
  for (const tenant of others) {
    await expect
      .poll(async () => {
        const apart = (await scrolled(workbench.pane(tenant, "main"))) - (await scrolled(workbench.pane("acme", "main")));
        return Math.abs(apart);
      })
      .toBeLessThan(0.02);
  }
});

test("with the switch off, a pane goes alone", async () => {
  const acme = workbench.pane("acme", "main");
  await toggleSync("Navigate together");
  await acme.frame.getByRole("link", { name: "Journal", exact: true }).click();
  await expect(acme.root).toContainText("/journal");
  await toggleSync("Navigate together");
  await acme.frame.getByRole("link", { name: "Trade", exact: true }).click();
  for (const tenant of others) {
    await expect(workbench.pane(tenant, "main").root).toContainText("/trade");
    const paths = (await exchanges(engine, `tenant:${tenant} kind:document,rsc`)).map(({ path }) => path.replace(/\?.*/, ""));
    expect(paths, "the journal was acme's alone").not.toContain("/journal");
  }
});

test("with the switch off, a pane scrolls alone", async () => {
  const acme = workbench.pane("acme", "main");
  const kessler = workbench.pane("kessler", "main");
  // Every place that kessler is ever scrolled to.
  const places = await kessler.frame.locator("html").evaluateHandle((root) => {
    const places: number[] = [];
    addEventListener("scroll", () => places.push(root.scrollTop / (root.scrollHeight - root.clientHeight)));
    return places;
  });
  await toggleSync("Scroll together");
  await wheel(acme, 10_000);
  await expect.poll(() => scrolled(acme)).toBeGreaterThan(0.95);
  await toggleSync("Scroll together");
  await wheel(acme, -400);
  await expect.poll(() => scrolled(acme)).toBeLessThan(0.9);
  await expect.poll(async () => Math.abs((await scrolled(kessler)) - (await scrolled(acme)))).toBeLessThan(0.02);
  expect(Math.max(...(await places.jsonValue()))).toBeLessThan(0.95);
});

test("a second session is signed in as somebody else", async () => {
  await workbench.choose({ tenants: ["acme"] });
  await workbench.goTo("/account");
  await workbench.openSession("acme", "keeper");
  const visitor = workbench.pane("acme", "main");
  const keeper = workbench.pane("acme", "main", "keeper");
  await keeper.frame.getByRole("button", { name: "Continue as the shopkeeper" }).click();
  await expect(title(keeper)).toHaveText("Signed in as shopkeeper");
  await expect(title(visitor)).toHaveText("Sign in");
  await visitor.frame.getByRole("button", { name: "Continue as a customer" }).click();
  await expect(title(visitor)).toHaveText("Signed in as customer");

  await workbench.goTo("/stock-room");
  await expect(keeper.frame.getByRole("table")).toBeVisible();
  await expect(title(visitor)).toHaveText("Only the shopkeeper may see the stock room.");
});

test("a device preset gives one page a window of that size", async ({ page }) => {
  const size = ({ frame }: Pane) => frame.locator("html").evaluate(() => [innerWidth, innerHeight]);
  const nour = workbench.pane("nour", "main");
  const before = await size(nour);
  const kessler = workbench.pane("kessler", "main");
  await kessler.root.getByRole("button", { name: /^Viewport/ }).click();
  await page.getByRole("menuitemcheckbox", { name: /^Phone/ }).click();
  await expect.poll(() => size(kessler)).toEqual([390, 844]);
  await expect(kessler.root.getByRole("button", { name: /^Viewport 390×844 at \d+%$/ })).toBeVisible();
  expect(await size(nour)).toEqual(before);
  const drawn = await kessler.root.locator("iframe").boundingBox();
  const pane = await kessler.root.boundingBox();
  expect(drawn!.height, "the whole device is in sight").toBeLessThanOrEqual(pane!.height);
});

test("a pane's page cannot steer the window around it", async ({ page }) => {
  const { frame } = workbench.pane("acme", "main");
  const before = page.url();
  const refused = await frame.locator("html").evaluate(() => {
    try {
      window.top!.location.href = "http://taken.localhost/";
      return null;
    } catch (error) {
      return (error as Error).name;
    }
  });
  expect(refused).toBe("SecurityError");
  const told = page.waitForEvent("console", (message) => /sandbox/.test(message.text()));
  await frame.locator("body").evaluate((body) => {
    const link = document.createElement("a");
    Object.assign(link, { href: "http://taken.localhost/", target: "_top", textContent: "Take the window" });
    link.dataset.hard = "";
    body.prepend(link);
  });
  await frame.getByRole("link", { name: "Take the window" }).click();
  await told;
  expect(page.url()).toBe(before);
  await expect(workbench.address).toBeVisible();
});

test("a pane's page learns nothing from the engine", async () => {
  const { frame } = workbench.pane("acme", "main");
  const learnt = await frame.locator("html").evaluate(async (_root, base) => {
    const attempt = async (what: () => unknown) => {
      try {
        return String(await what());
      } catch (error) {
        return (error as Error).name;
      }
    };
    const workspace = `${base}api/v1/workspace`;
    return {
      read: await attempt(async () => (await fetch(workspace)).text()),
      opaque: await attempt(async () => (await fetch(workspace, { mode: "no-cors" })).text()),
      authorized: await attempt(async () => (await fetch(workspace, { headers: { authorization: "Bearer guess" } })).text()),
      token: await attempt(() => parent.localStorage.length),
      ownHost: await attempt(async () => (await fetch("/api/v1/workspace")).status),
    };
  }, engine.url);
  expect(learnt).toEqual({ read: "TypeError", opaque: "TypeError", authorized: "TypeError", token: "SecurityError", ownHost: "404" });
});
