import { cp, rm } from "node:fs/promises";
import { get } from "node:http";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

import { lineOf, start } from "./child.ts";

const app = resolve(import.meta.dirname, "../../fixtures/next-app");
const sources = ["app", "middleware.js", "next.config.mjs", "package.json"];
const env = { NEXT_TELEMETRY_DISABLED: "1", NEXT_APP_COPY: "1", FORCE_COLOR: "0" };

export type NextServer = { port: number; folder: string; stop: () => Promise<void> };

/** `next dev` on a copy of the sources, so that a test may edit them. */
export async function nextDev(): Promise<NextServer> {
  const server = await serve(await copy("dev"), "dev");
  // Each route is compiled when it is first asked for, which takes longer than a page should.
  for (const path of ["/", "/about", "/account", "/api/leave"]) {
    await ask(server.port, path);
  }
  return server;
}

/** `next build`, then `next start`. */
export async function nextStart(): Promise<NextServer> {
  const folder = await copy("start");
  const build = start(next, ["build"], { cwd: folder, env });
  await new Promise<void>((done, fail) => {
    build.process.once("exit", (code) => {
      code === 0 ? done() : fail(new Error(`next build failed:\n${build.output()}`));
    });
  });
  return serve(folder, "start");
}

const next = join(app, "node_modules/.bin/next");

async function copy(name: string): Promise<string> {
  // Below the app, so that it finds the app's packages; Turbopack follows no link out of its root.
  const folder = join(app, `.copy-${name}`);
  await rm(folder, { recursive: true, force: true });
  for (const source of sources) {
    await cp(join(app, source), join(folder, source), { recursive: true });
  }
  return folder;
}

async function serve(folder: string, command: "dev" | "start"): Promise<NextServer> {
  const port = await freePort();
  const server = start(next, [command, "--port", String(port)], { cwd: folder, env });
  await lineOf(server, (output) => (output.includes("Ready in") ? true : null), `next ${command} did not start`);
  return { port, folder, stop: server.stop };
}

function ask(port: number, path: string): Promise<void> {
  return new Promise((done, fail) => {
    get({ host: "127.0.0.1", port, path, headers: { host: "acme---dev.next.localhost" } }, (answer) => {
      answer.on("error", fail).on("end", done).resume();
    }).on("error", fail);
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (typeof address !== "object" || address === null) {
    throw new Error("a listening socket has no address");
  }
  return address.port;
}
