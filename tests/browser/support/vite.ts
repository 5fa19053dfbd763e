import { cp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { lineOf, start } from "./child.ts";
import type { Server } from "./next.ts";
import { freePort } from "./port.ts";

const app = resolve(import.meta.dirname, "../../fixtures/vite-app");
/** The very Vite that builds the workbench's page: no other needs to be installed. */
const command = resolve(import.meta.dirname, "../../../ui/node_modules/.bin/vite");

/** `vite` on a copy of the sources, so that a test may edit them. */
export async function viteDev(): Promise<Server> {
  const folder = join(app, ".copy-dev");
  await rm(folder, { recursive: true, force: true });
  for (const source of ["index.html", "src", "vite.config.ts"]) {
    await cp(join(app, source), join(folder, source), { recursive: true });
  }
  const port = await freePort();
  const server = start(command, ["--port", String(port), "--strictPort"], { cwd: folder, env: { NO_COLOR: "1" } });
  await lineOf(server, (output) => (output.includes("ready in") ? true : null), "vite did not start");
  return { port, folder, stop: server.stop };
}
