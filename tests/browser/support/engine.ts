import { request } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { lineOf, start } from "./child.ts";
import type { Keychain } from "./keychain.ts";

export type Engine = {
  url: string;
  port: number;
  token: string;
  /** Where the browser goes first: the token travels in the fragment. */
  page: string;
  folder: string;
  api: <T>(path: string, method?: string, body?: unknown) => Promise<T>;
  stop: () => Promise<void>;
};

export const binary = process.env.TRIPLEDASH ?? resolve(import.meta.dirname, "../../../target/debug/tripledash");

/**
 * Runs `tripledash serve` on a free port with a data folder of its own; `open` is a folder that has its workspace already.
 * Without a `keychain` it has none.
 */
export async function startEngine(workspace: object | "demo" | null, open?: string, keychain?: Keychain): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), "tripledash-browser-"));
  const args = ["serve", "--port", "0", "--json"];
  if (workspace === "demo") {
    args.push("--demo");
  } else {
    if (workspace) {
      await writeFile(join(folder, "tripledash.json"), JSON.stringify(workspace, null, 2));
    }
    args.push(open ?? folder);
  }
  const env = { TRIPLEDASH_DATA: join(folder, "state"), TRIPLEDASH_KEYCHAIN: keychain ? "on" : "off", ...keychain?.env };
  const child = start(binary, args, { cwd: folder, env });
  const ready = await lineOf(
    child,
    (output) => {
      const line = output.split("\n").find((line) => line.startsWith('{"url"'));
      return line ? (JSON.parse(line) as { url: string; port: number; token: string }) : null;
    },
    "tripledash serve did not start",
  );
  return {
    ...ready,
    page: `${ready.url}#token=${ready.token}`,
    folder,
    api: (path, method = "GET", body) => call(ready, path, method, body),
    stop: async () => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Node does not resolve `*.localhost` and its `fetch` refuses to set Host, so this is a plain request. */
function call<T>(
  engine: { port: number; token: string },
  path: string,
  method: string,
  body: unknown,
): Promise<T> {
  return new Promise((done, fail) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: engine.port,
        path: `/api/v1/${path}`,
        method,
        headers: {
          host: `tripledash.localhost:${engine.port}`,
          authorization: `Bearer ${engine.token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => (text += chunk));
        answer.on("error", fail);
        answer.on("end", () => {
          if ((answer.statusCode ?? 500) >= 400) {
            fail(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
          } else {
            done((text ? JSON.parse(text) : undefined) as T);
          }
        });
      },
    );
    outgoing.on("error", fail);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
