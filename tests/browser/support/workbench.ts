import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";

import type { Engine } from "./engine.ts";
import type { Exchange, ExchangeRow } from "./types.ts";

/** One pane: its head in the workbench's page, and the tenant's page in its frame. */
export type Pane = { root: Locator; frame: FrameLocator };

/** The real page, as a person finds their way on it. */
export class Workbench {
  readonly address: Locator;
  readonly tenants: Locator;
  readonly previews: Locator;
  readonly route: Locator;
  readonly rows: Locator;
  readonly toasts: Locator;

  constructor(
    readonly page: Page,
    readonly engine: Engine,
  ) {
    this.address = page.getByTestId("address-bar");
    this.tenants = page.getByRole("listbox", { name: "Tenants" });
    this.previews = page.getByRole("listbox", { name: "Previews" });
    this.route = page.getByRole("region", { name: "Route" });
    this.rows = page.getByTestId("trace-row");
    this.toasts = page.getByRole("status").filter({ has: page.getByRole("button", { name: "Close" }) });
  }

  static async open(page: Page, engine: Engine): Promise<Workbench> {
    await page.goto(engine.page);
    return new Workbench(page, engine);
  }

  pane(tenant: string | null, preview: string, session?: string): Pane {
    const root = this.page.getByTestId(`pane-${tenant ?? ""}-${preview}${session ? `-${session}` : ""}`);
    return { root, frame: root.frameLocator("iframe") };
  }

  /** Shows these and no others, with no more clicks than it takes: each pane loads once. */
  async choose({ tenants, previews }: { tenants?: string[]; previews?: string[] }): Promise<void> {
    if (previews) {
      await choose(this.previews, previews, /^([^:]*):/, (name) => this.preview(name));
    }
    if (tenants) {
      await choose(this.tenants, tenants, /\(([^()]*)\)$/, (id) => this.tenant(id));
    }
  }

  tenant(id: string): Locator {
    return this.tenants.getByRole("option", { name: `(${id})` });
  }

  preview(name: string): Locator {
    return this.page.getByTestId(`preview-${name}`);
  }

  async goTo(path: string): Promise<void> {
    const field = this.address.getByRole("combobox", { name: "Path" });
    await field.fill(path);
    await field.press("Enter");
  }

  /** Opens a further pane of a tenant, with cookies of its own. */
  async openSession(tenant: string, session: string): Promise<void> {
    await this.tenant(tenant).click({ button: "right" });
    await this.page.getByRole("menuitem", { name: "Open a second session…" }).click();
    const dialog = this.page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name of the session" }).fill(session);
    await dialog.getByRole("button", { name: "Open" }).click();
    await expect(dialog).toBeHidden();
  }

  async filterTrace(filter: string): Promise<void> {
    const box = this.page.getByRole("searchbox", { name: "Filter the trace" });
    await box.fill(filter);
    await box.press("Enter");
  }

  /** Chooses an exchange in the trace, and waits until its route is there. */
  async chooseExchange(id: string): Promise<void> {
    await this.page.locator(`[data-exchange="${id}"]`).click();
    await expect(this.route).toHaveAttribute("aria-busy", "false");
  }

  stop(name: "host" | "preview" | "rule" | "upstream" | "app" | "answer"): Locator {
    return this.route.locator(`[data-stop="${name}"]`);
  }
}

async function choose(
  list: Locator,
  wanted: string[],
  named: RegExp,
  option: (name: string) => Locator,
): Promise<void> {
  await expect(list.getByRole("option").first()).toBeVisible();
  const selected = list.getByRole("option", { selected: true });
  const labels = await selected.evaluateAll((options) => options.map((option) => option.ariaLabel ?? ""));
  const before = labels.map((label) => named.exec(label)?.[1] ?? label);
  let kept = before.filter((name) => wanted.includes(name));
  if (kept.length === 0) {
    await option(wanted[0]!).click();
    kept = [wanted[0]!];
  } else {
    for (const name of before.filter((name) => !kept.includes(name))) {
      await option(name).click({ modifiers: ["Control"] });
    }
  }
  for (const name of wanted.filter((name) => !kept.includes(name))) {
    await option(name).click({ modifiers: ["Control"] });
  }
  await expect(selected).toHaveCount(wanted.length);
}

/** The kept exchanges that a filter lets through, oldest first. */
export async function exchanges(engine: Engine, filter: string): Promise<ExchangeRow[]> {
  const { items } = await engine.api<{ items: ExchangeRow[] }>(`exchanges?filter=${encodeURIComponent(filter)}&limit=2000`);
  return items;
}

/** The newest finished exchange that a filter lets through, once there is one. */
export async function exchange(engine: Engine, filter: string): Promise<Exchange> {
  let found: ExchangeRow | undefined;
  await expect
    .poll(async () => (found = (await exchanges(engine, filter)).findLast(({ state }) => state !== "open")), {
      message: `an exchange with ${filter}`,
    })
    .toBeTruthy();
  return engine.api<Exchange>(`exchanges/${found!.id}`);
}

/** React takes a node over by hanging its props on it; a click before that is lost. */
export async function hydrated(node: Locator): Promise<void> {
  await expect
    .poll(() => node.evaluate((node) => Object.keys(node).some((key) => key.startsWith("__reactProps$"))), {
      message: "React takes the page over",
    })
    .toBe(true);
}
