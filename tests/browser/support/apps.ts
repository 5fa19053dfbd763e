import { test as base } from "@playwright/test";

import { nextDev, nextStart, type Server } from "./next.ts";
import { viteDev } from "./vite.ts";

/** The real apps, each by the name of the preview that shows it. */
const makers = {
  "next-15": () => nextDev("next-15"),
  "next-16-2": () => nextDev("next-16-2"),
  "next-16": () => nextDev("next-16"),
  "next-start": () => nextStart("next-16", "next-start"),
  // What people write so that no other machine gets in.
  "next-bound": () => nextDev("next-16", "next-bound", ["--hostname", "127.0.0.1"]),
  vite: viteDev,
};

export type AppName = keyof typeof makers;
/** Every `next dev`, from the oldest version to the newest. */
export const development = ["next-15", "next-16-2", "next-16"] as const satisfies AppName[];
export const tenants = ["acme", "globex"];

/** Starts an app when it is first asked for, and keeps it for all that come after. */
export type Apps = (name: AppName) => Promise<Server>;

/** Journeys that share their apps: a development server takes seconds to start, and again to compile. */
export const test = base.extend<object, { apps: Apps }>({
  apps: [
    async ({}, use) => {
      const running = new Map<AppName, Promise<Server>>();
      await use((name) => {
        const server = running.get(name) ?? makers[name]();
        running.set(name, server);
        return server;
      });
      const servers = await Promise.allSettled(running.values());
      await Promise.all(servers.map((server) => (server.status === "fulfilled" ? server.value.stop() : undefined)));
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

/** A workspace with a preview for each upstream's port. */
export function workspace(upstreams: Record<string, number>): object {
  return {
    name: "apps",
    prefix: ["tenant"],
    tenants: tenants.map((id) => ({ id, name: id })),
    previews: Object.entries(upstreams).map(([name, port]) => ({ name, upstream: `http://localhost:${port}` })),
    rules: [{ by: "app", source: "/((?!api|_next/static|_next/image|favicon.ico).*)", destination: "/{tenant}/$1" }],
  };
}
