import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A child in a process group of its own, so that what it starts ends with it. */
export type Child = {
  process: ChildProcess;
  /** Everything it printed so far, for the message of a failure. */
  output: () => string;
  stop: () => Promise<void>;
};

export function start(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Child {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, "exit");
  return {
    process: child,
    output: () => output,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null && child.pid) {
        process.kill(-child.pid, "SIGTERM");
        await Promise.race([exited, once(AbortSignal.timeout(10_000), "abort")]);
        if (child.exitCode === null && child.signalCode === null) {
          process.kill(-child.pid, "SIGKILL");
          await exited;
        }
      }
    },
  };
}

/** Waits for a line that satisfies `find`, or says what was printed instead. */
export async function lineOf<T>(child: Child, find: (output: string) => T | null, what: string): Promise<T> {
  const deadline = AbortSignal.timeout(60_000);
  for (;;) {
    const found = find(child.output());
    if (found !== null) {
      return found;
    }
    if (child.process.exitCode !== null || deadline.aborted) {
      throw new Error(`${what}; it printed:\n${child.output()}`);
    }
    await Promise.race([
      once(child.process.stdout!, "data"),
      once(child.process.stderr!, "data"),
      once(child.process, "exit"),
      once(deadline, "abort"),
    ]);
  }
}
