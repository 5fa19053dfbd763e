import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, type Page, test } from "@playwright/test";

import { type Engine, startEngine } from "./support/engine.ts";
import { startUpstream, type Upstream } from "./support/upstream.ts";
import { Workbench } from "./support/workbench.ts";

let engine: Engine | undefined;
let upstream: Upstream | undefined;

test.beforeEach(async () => {
  upstream = await startUpstream();
  engine = await startEngine({
    name: "shops", tenants: [{ id: "acme", name: "Acme" }, { id: "globex", name: "Globex" }],
    previews: [{ name: "main", upstream: `http://localhost:${upstream.port}` }],
  });
});

test.afterEach(async () => {
  await Promise.all([engine?.stop(), upstream?.stop()]);
  engine = upstream = undefined;
});

const text = () => readFile(join(engine!.folder, "tripledash.json"), "utf8");
const file = async () => JSON.parse(await text()) as { name?: string; prefix?: string[]; tenancy?: object; rules?: object[] };

async function fromMenu(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: /^Workspace: / }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

test("rules are added, edited, ordered and removed, and each time the address bar's URL is judged anew", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  await workbench.goTo("/old/hats");
  const before = await text();
  await fromMenu(page, "Rules, and what would happen…");
  const dialog = page.getByRole("dialog", { name: "Rules" });
  const outcome = dialog.getByRole("group", { name: "What would happen with it" });
  const rules = dialog.getByRole("list", { name: "Rules" }).getByRole("listitem");
  await expect(dialog.getByRole("textbox", { name: "What would happen with" })).toHaveValue(`http://acme---main.tripledash.localhost:${engine!.port}/old/hats`);
  await expect(outcome).toContainText("acme on main");
  await expect(outcome).toContainText("no rule says otherwise");

  // the first rule, refused at its fields and then taken
  await dialog.getByRole("button", { name: "Add a rule" }).click();
  const editor = dialog.getByRole("form", { name: "A new rule" });
  await editor.getByRole("textbox", { name: "Paths" }).fill("/((?!api).*)");
  await editor.getByRole("textbox", { name: "Served in their place" }).fill("/{shop}/$1");
  await page.keyboard.press("Enter");
  await expect(editor.getByRole("textbox", { name: "Served in their place" })).toHaveAccessibleDescription(/unknown variable \{shop\}, wanted one of \{tenant\}/);
  expect(await text()).toBe(before);
  await editor.getByRole("textbox", { name: "Served in their place" }).fill("/{tenant}/$1");
  await page.keyboard.press("Enter");
  await expect(outcome).toContainText("serves /acme/old/hats, says rules[0]");
  await expect(rules.nth(0)).toContainText("matches, and leads to /acme/old/hats");
  await expect(dialog.getByRole("button", { name: /^Edit rules\[0\]: / })).toBeFocused();

  // two by the proxy; of these the first that matches wins
  for (const to of ["/new/:path*", "/newer/:path*"]) {
    await dialog.getByRole("button", { name: "Add a rule" }).click();
    await editor.getByRole("radio", { name: /^The proxy/ }).check();
    await editor.getByRole("textbox", { name: "Paths" }).fill("/old/:path*");
    await editor.getByRole("textbox", { name: "Served in their place" }).fill(to);
    await dialog.getByRole("button", { name: "Add the rule" }).click();
    await expect(editor).toHaveCount(0);
  }
  await expect(rules).toHaveCount(3);
  await expect(outcome).toContainText("/new/hats to");
  await expect(outcome).toContainText("by rules[1]");
  await expect(outcome).toContainText("serves /acme/new/hats");
  await dialog.getByRole("button", { name: /^Edit rules\[2\]: / }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(outcome).toContainText("/newer/hats to");
  await expect(dialog.getByRole("button", { name: /^Edit rules\[1\]: .*newer/ })).toBeFocused();
  expect((await file()).rules).toEqual([
    { by: "app", source: "/((?!api).*)", destination: "/{tenant}/$1" },
    { by: "proxy", source: "/old/:path*", destination: "/newer/:path*" }, { by: "proxy", source: "/old/:path*", destination: "/new/:path*" },
  ]);
  await dialog.getByRole("button", { name: "Undo" }).click();
  await expect(outcome).toContainText("/new/hats to");

  // a condition that this request does not meet
  await dialog.getByRole("button", { name: "Edit rules[1]", exact: true }).click();
  const edited = dialog.getByRole("form", { name: "Edit rules[1]" });
  await edited.getByRole("button", { name: "Only where…" }).click();
  await edited.getByRole("combobox", { name: "What condition 1 looks at" }).selectOption("cookie");
  await edited.getByRole("textbox", { name: "Name in condition 1" }).fill("beta");
  await dialog.getByRole("button", { name: "Save the rule" }).click();
  await expect(rules.nth(1)).toContainText("where cookie beta");
  await expect(outcome).toContainText("/newer/hats to");
  // Escape leaves the form, not the dialog
  await dialog.getByRole("button", { name: "Edit rules[1]", exact: true }).click();
  await edited.getByRole("textbox", { name: "Paths" }).press("Escape");
  await expect(edited).toHaveCount(0);
  await expect(dialog).toBeVisible();

  for (const left of [2, 1, 0]) {
    await dialog.getByRole("button", { name: "Remove rules[0]" }).click();
    await expect(rules).toHaveCount(left);
  }
  await expect(outcome).toContainText("no rule says otherwise");
  expect(await text(), "nothing else was touched").toBe(before);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
});

test("any URL can be asked about, and one that leads nowhere says why", async ({ page }) => {
  await Workbench.open(page, engine!);
  await fromMenu(page, "Rules, and what would happen…");
  const dialog = page.getByRole("dialog", { name: "Rules" });
  await dialog.getByRole("textbox", { name: "What would happen with" }).fill("globex---mian.tripledash.localhost");
  const outcome = dialog.getByRole("group", { name: "What would happen with it" });
  await expect(outcome).toContainText("Near is main.");
  await dialog.getByRole("button", { name: "As in the address bar" }).click();
  await expect(outcome).toContainText("on main");
});

test("the rules are opened from an exchange, for its own URL", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  await workbench.choose({ previews: ["main"], tenants: ["globex"] });
  await workbench.goTo("/hats?size=7");
  await workbench.rows.filter({ hasText: "/hats" }).first().click();
  await expect(workbench.route, "what was shown before has gone").toHaveAttribute("aria-busy", "false");
  await workbench.goTo("/");
  await workbench.route.getByRole("button", { name: "Edit the rules…" }).click();
  const dialog = page.getByRole("dialog", { name: "Rules" });
  await expect(dialog.getByRole("textbox", { name: "What would happen with" })).toHaveValue(/globex---main.*\/hats\?size=7$/);
  await expect(dialog.getByRole("group", { name: "What would happen with it" })).toContainText("/hats?size=7 to");
});

test("a rule that is saved elsewhere shows at once, and is not overwritten", async ({ page }) => {
  await engine!.api("workspace/file", "PATCH", { edits: [{ path: ["rules"], after: [{ by: "app", source: "/a" }] }] });
  await Workbench.open(page, engine!);
  await fromMenu(page, "Rules, and what would happen…");
  const dialog = page.getByRole("dialog", { name: "Rules" });
  await dialog.getByRole("button", { name: "Edit rules[0]", exact: true }).click();
  await engine!.api("workspace/file", "PATCH", { edits: [{ path: ["rules", 0, "source"], before: "/a", after: "/b" }] });
  const form = dialog.getByRole("form", { name: "A new rule" });
  await expect(form.getByRole("alert")).toContainText("The file has this rule no more");
  await form.getByRole("textbox", { name: "Paths" }).fill("/c");
  await expect(dialog.getByRole("button", { name: /^Edit rules\[0\]: .*\/b/ })).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(form).toHaveCount(0);
  await expect(dialog.getByRole("listitem")).toContainText("/b");
  expect((await file()).rules).toEqual([{ by: "app", source: "/b" }]);
});

test("acts that follow one another faster than the file is written do what was meant", async ({ page }) => {
  const sources = ["/a", "/b", "/c", "/d", "/e"];
  await engine!.api("workspace/file", "PATCH", { edits: [{ path: ["rules"], after: sources.map((source) => ({ by: "app", source })) }] });
  await Workbench.open(page, engine!);
  await fromMenu(page, "Rules, and what would happen…");
  const dialog = page.getByRole("dialog", { name: "Rules" });
  const now = async () => ((await file()).rules ?? []).map((rule) => (rule as { source: string }).source);
  await dialog.getByRole("button", { name: /^Edit rules\[3\]: / }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(dialog.getByRole("button", { name: /^Edit rules\[0\]: .*\/d/ })).toBeFocused();
  await expect.poll(now).toEqual(["/d", "/a", "/b", "/c", "/e"]);

  for (const source of ["/a", "/b"]) await dialog.getByRole("listitem").filter({ hasText: source }).getByRole("button", { name: /^Remove / }).click();
  await expect.poll(now).toEqual(["/d", "/c", "/e"]);
  await expect(dialog.getByRole("alert")).toHaveCount(0);
});

test("the tenant moves from the host into the path and back, and the workspace has another name", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  await workbench.choose({ previews: ["main"], tenants: ["acme"] });
  const before = await text();
  await fromMenu(page, "Name and addresses…");
  const dialog = page.getByRole("dialog", { name: "Name and addresses" });
  await dialog.getByRole("textbox", { name: "Name of the workspace" }).fill("shops & co");
  await dialog.getByRole("radio", { name: /^In the path/ }).check();
  await expect(dialog.getByRole("img")).toHaveAccessibleName(`An address will be main.tripledash.localhost:${engine!.port}/acme/events`);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Workspace: shops & co" })).toBeVisible();
  const { root, frame } = workbench.pane("acme", "main");
  await expect(frame.getByText("/acme", { exact: true })).toBeVisible();
  expect(await file()).toMatchObject({ name: "shops & co", tenancy: { kind: "path" } });

  await fromMenu(page, "Rules, and what would happen…");
  await expect(page.getByRole("textbox", { name: "What would happen with" })).toHaveValue(`http://main.tripledash.localhost:${engine!.port}/acme`);
  await expect(page.getByRole("group", { name: "What would happen with it" })).toContainText("acme on main");
  await page.keyboard.press("Escape");

  await fromMenu(page, "Undo the last change");
  await expect(frame.getByRole("heading", { level: 1 })).toHaveText("Shop of acme");
  await expect(root).toBeVisible();
  expect(await text()).toBe(before);
});

test("a prefix has parts in an order, and what a part may not be called is said at it", async ({ page }) => {
  const workbench = await Workbench.open(page, engine!);
  await fromMenu(page, "Name and addresses…");
  const dialog = page.getByRole("dialog", { name: "Name and addresses" });
  await dialog.getByRole("button", { name: "Add a part" }).click();
  const second = dialog.getByRole("textbox", { name: "Name of part 2" });
  await second.fill("port");
  await page.keyboard.press("Enter");
  await expect(second).toHaveAccessibleDescription(/wanted a name that does not stand for something else/);
  await second.fill("locale");
  await dialog.getByRole("button", { name: "Move part 2 forward" }).press("Enter");
  await expect(dialog.getByRole("button", { name: "Move part 1 forward" }), "at the end it keeps the focus").toBeFocused();
  await page.keyboard.press("Alt+ArrowDown");
  await second.press("Alt+ArrowUp");
  await expect(dialog.getByRole("img")).toHaveAccessibleName(`An address will be locale---acme---main.tripledash.localhost:${engine!.port}/events`);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  expect((await file()).prefix).toEqual(["locale", "tenant"]);
  await workbench.toasts.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await file()).prefix).toBeUndefined();
});
