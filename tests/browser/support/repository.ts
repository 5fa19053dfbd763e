import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export type Repository = {
  folder: string;
  write: (files: Record<string, string>) => Promise<void>;
  /** Commits all that is there, on the branch that is checked out. */
  commit: (subject: string) => Promise<void>;
  branch: (name: string) => Promise<void>;
  /** Many branches at once, all at the commit that is checked out. */
  branches: (count: number, name: (at: number) => string) => Promise<void>;
  checkout: (name: string) => Promise<void>;
  remove: () => Promise<void>;
};

/** A git repository of its own, which knows nothing of the person's own settings. */
export async function makeRepository(): Promise<Repository> {
  const folder = await mkdtemp(join(tmpdir(), "tripledash-repository-"));
  // From a hook or a rebase, git is told by such variables of the repository that somebody is at work in.
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  const env = {
    ...clean, GIT_CONFIG_GLOBAL: join(folder, ".none"), GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.test", GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.test",
  };
  const git = async (...args: string[]): Promise<void> => {
    await run("git", args, { cwd: folder, env });
  };
  await git("init", "--quiet", "--initial-branch=main");
  return {
    folder,
    write: async (files) => {
      await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    },
    commit: async (subject) => {
      await git("add", "--all");
      await git("commit", "--quiet", "--message", subject);
    },
    branch: (name) => git("switch", "--quiet", "--create", name),
    branches: async (count, name) => {
      const { stdout } = await run("git", ["rev-parse", "HEAD"], { cwd: folder, env });
      const lines = Array.from({ length: count }, (_, at) => `create refs/heads/${name(at)} ${stdout.trim()}\n`);
      const updating = run("git", ["update-ref", "--stdin"], { cwd: folder, env });
      updating.child.stdin?.end(lines.join(""));
      await updating;
    },
    checkout: (name) => git("switch", "--quiet", name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A dev server as small as one can be: it says what it does, and serves a page with the name of its branch on it. */
export const devServer = `
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const title = readFileSync("title.txt", "utf8").trim();
if (title === "Broken") {
  console.error("Error: Cannot find module '@acme/prices'");
  process.exit(1);
}
createServer((request, response) => {
  console.log("served " + request.url);
  response.setHeader("content-type", "text/html");
  response.end("<!doctype html><title>" + title + "</title><h1>" + title + "</h1><p>" + request.headers.host + "</p><p>path " + request.url + "</p><a href=/inside>inside</a>");
}).listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening on " + process.argv[2]));
`;
