import { test as base } from "@playwright/test";

import { type Engine, startEngine } from "./engine.ts";
import { nextDev, nextStart, type Server } from "./next.ts";
import { viteDev } from "./vite.ts";

/** The real apps, each by the name of the preview that shows it. */
const makers = {
  "next-15": () => nextDev("next-15"),
  "next-16-2": () => nextDev("next-16-2"),
  "next-16": () => nextDev("next-16"),
  "next-start": () => nextStart("next-16", "next-start"),
  "next-15-webpack": () => nextDev("next-15-webpack"),
  "next-16-webpack": () => nextDev("next-16-webpack"),
  "next-15-start": () => nextStart("next-15", "next-15-start"),
  // What people write so that no other machine gets in.
  "next-bound": () => nextDev("next-16", "next-bound", ["--hostname", "127.0.0.1"]),
  vite: viteDev,
};

export type AppName = keyof typeof makers;
/** `EVERY_NEXT=1` runs these too, which takes twice as long and has found no difference yet. */
const webpack = process.env.EVERY_NEXT ? (["next-15-webpack", "next-16-webpack"] as const) : [];
const deployed = process.env.EVERY_NEXT ? (["next-15-start"] as const) : [];
/** Every `next dev`, from the oldest version to the newest. */
export const development = ["next-15", "next-16-2", "next-16", ...webpack] as const satisfies AppName[];
/** Both lines of Next.js, and one as it is deployed. 16.2 differs in hot reload alone. */
export const nextApps = ["next-15", "next-16", "next-start", ...webpack, ...deployed] as const satisfies AppName[];
export const tenants = ["acme", "globex"];

/** An app behind an engine whose one preview has the app's name. */
export type Stand = {
  preview: AppName;
  app: Server;
  engine: Engine;
  host: (tenant: string) => string;
  /** A tenant's page as it is popped out of its pane. */
  url: (tenant: string, path: string) => string;
};

/** Starts an app when it is first asked for, and keeps it for all that come after. */
type Stands = (preview: AppName) => Promise<Stand>;

/** Journeys that share their apps: a development server takes seconds to start, and again to compile. */
export const test = base.extend<object, { stand: Stands }>({
  stand: [
    async ({}, use) => {
      const stands = new Map<AppName, Promise<Stand>>();
      await use((preview) => {
        const stand = stands.get(preview) ?? build(preview);
        stands.set(preview, stand);
        return stand;
      });
      const built = await Promise.allSettled(stands.values());
      await Promise.all(built.map((stand) => (stand.status === "fulfilled" ? takeDown(stand.value) : undefined)));
    },
    { scope: "worker" },
  ],
});

async function build(preview: AppName): Promise<Stand> {
  const app = await makers[preview]();
  const engine = await startEngine(workspace(preview, app.port));
  return { preview, app, ...behind(engine, preview) };
}

async function takeDown({ app, engine }: Stand): Promise<void> {
  await engine.stop();
  await app.stop();
}

/** How an engine's panes are reached. */
export function behind(engine: Engine, preview: AppName): Pick<Stand, "engine" | "host" | "url"> {
  const host = (tenant: string) => `${tenant}---${preview}.tripledash.localhost:${engine.port}`;
  return { engine, host, url: (tenant, path) => `http://${host(tenant)}${path}` };
}

/** One preview, and the rule that the Next.js app says to follow. */
export function workspace(preview: AppName, port: number): object {
  const app = { by: "app", source: "/((?!api|_next/static|_next/image|favicon.ico).*)", destination: "/{tenant}/$1" };
  return {
    name: "apps",
    prefix: ["tenant"],
    tenants: tenants.map((id) => ({ id, name: id })),
    previews: [{ name: preview, upstream: `http://localhost:${port}` }],
    rules: preview === "vite" ? [] : [app],
  };
}
