import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A child in a process group of its own, so that what it starts ends with it. */
export type Child = {
  process: ChildProcess;
  /** Everything it printed so far, for the message of a failure. */
  output: () => string;
  stop: () => Promise<void>;
};

/** Those that still run. A worker that ends without its hooks, as after a crash, must leave none behind. */
const running = new Set<number>();
process.on("exit", () => {
  for (const group of running) {
    try {
      process.kill(-group, "SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  }
});

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
  const { pid } = child;
  if (pid) {
    running.add(pid);
    void exited.then(() => running.delete(pid));
  }
  return {
    process: child,
    output: () => output,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null && pid) {
        process.kill(-pid, "SIGTERM");
        await Promise.race([exited, once(AbortSignal.timeout(10_000), "abort")]);
        if (child.exitCode === null && child.signalCode === null) {
          process.kill(-pid, "SIGKILL");
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
    const heard = new AbortController();
    const { signal } = heard;
    await Promise.race([
      once(child.process.stdout!, "data", { signal }),
      once(child.process.stderr!, "data", { signal }),
      once(child.process, "exit", { signal }),
      once(deadline, "abort", { signal }),
    ]);
    heard.abort();
  }
}
