import { cp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { lineOf, start } from "./child.ts";
import { freePort } from "./port.ts";
import { ask } from "./wire.ts";

const fixtures = resolve(import.meta.dirname, "../../fixtures");
const sources = {
  "next-app": ["app", "lib", "pages", "public", "middleware.js", "next.config.mjs", "package.json"],
  // Tenants in the path.
  "next-paths": ["app", "middleware.js", "next.config.mjs", "package.json"],
};
const env = { NEXT_TELEMETRY_DISABLED: "1", NEXT_APP_COPY: "1", FORCE_COLOR: "0" };

/** Whose packages the one app runs with, and what is set as in a grown project of that version. */
const versions = {
  // Only an app that names its own origins is guarded here: then all others are refused.
  "next-15": { packages: "next-15", dev: ["--turbopack"], env: { NEXT_ALLOWED_ORIGIN: "dev.example.com" } },
  // The bundler of most grown projects.
  "next-15-webpack": { packages: "next-15", dev: [], env: { NEXT_ALLOWED_ORIGIN: "dev.example.com" } },
  "next-16-webpack": { packages: "next-app", dev: ["--webpack"], env: {} },
  "next-16-2": { packages: "next-16-2", dev: [], env: {} },
  "next-16": { packages: "next-app", dev: [], env: {} },
} as const;

export type NextVersion = keyof typeof versions;
/** `folder` holds a copy of the sources, so that a test may edit them. */
export type Server = { port: number; folder: string; stop: () => Promise<void> };

/** `next dev`. */
export async function nextDev(version: NextVersion, name = version as string, flags: string[] = []): Promise<Server> {
  const { packages, dev, env } = versions[version];
  const server = await serve(packages, await copy(packages, name), ["dev", ...dev, ...flags], env);
  // A route is compiled when it is first asked for, and the first one of all with the whole framework.
  await ask(server.port, "acme---dev.next.localhost", "/");
  return server;
}

/** `next dev` of the app that has its tenants in the path. */
export async function nextPaths(): Promise<Server> {
  const { packages, dev, env } = versions["next-16"];
  const folder = await copy(packages, "next-paths", "next-paths");
  const server = await serve(packages, folder, ["dev", ...dev], env);
  await ask(server.port, "localhost", "/houston");
  return server;
}

/** `next build`, then `next start`. */
export async function nextStart(version: NextVersion, name: string): Promise<Server> {
  const { packages } = versions[version];
  const folder = await copy(packages, name);
  const build = start(command(packages), ["build"], { cwd: folder, env });
  await new Promise<void>((done, fail) => {
    build.process.once("exit", (code) => {
      code === 0 ? done() : fail(new Error(`next build failed:\n${build.output()}`));
    });
  });
  return serve(packages, folder, ["start"], {});
}

/** `next dev` of one of the small apps that find their tenant in another way. */
export async function nextTenancy(name: "platforms" | "path" | "header", flags: string[] = []): Promise<Server> {
  const packages = "next-app";
  const folder = join(fixtures, packages, `.copy-${[name, ...flags].join("")}`);
  await rm(folder, { recursive: true, force: true });
  await cp(join(fixtures, "next-tenancies", name), folder, { recursive: true });
  for (const source of ["next.config.mjs", "package.json"]) {
    await cp(join(fixtures, packages, source), join(folder, source));
  }
  return serve(packages, folder, ["dev", ...flags], {});
}

const command = (packages: string) => join(fixtures, packages, "node_modules/.bin/next");

async function copy(packages: string, name: string, app: keyof typeof sources = "next-app"): Promise<string> {
  // Below the packages, so that it finds them; Turbopack follows no link out of its root.
  const folder = join(fixtures, packages, `.copy-${name}`);
  await rm(folder, { recursive: true, force: true });
  for (const source of sources[app]) {
    await cp(join(fixtures, app, source), join(folder, source), { recursive: true });
  }
  return folder;
}

async function serve(packages: string, folder: string, args: string[], more: object): Promise<Server> {
  const port = await freePort();
  const server = start(command(packages), [...args, "--port", String(port)], { cwd: folder, env: { ...env, ...more } });
  await lineOf(server, (output) => (output.includes("Ready in") ? true : null), `next ${args[0]} did not start`);
  return { port, folder, stop: server.stop };
}
