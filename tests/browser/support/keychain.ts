import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Child, lineOf, start } from "./child.ts";

/** A keychain of its own, as a desktop has one: a session bus with GNOME's keyring on it, unlocked. */
export type Keychain = { env: { DBUS_SESSION_BUS_ADDRESS: string }; stop: () => Promise<void> };

const [daemon, monitor, keyring] = ["/usr/bin/dbus-daemon", "/usr/bin/dbus-monitor", "/usr/bin/gnome-keyring-daemon"] as const;

/** What this system lacks for a keychain; `null` for nothing. */
export const lacking = (): string | null => [daemon, monitor, keyring].find((program) => !existsSync(program)) ?? null;

export async function startKeychain(): Promise<Keychain> {
  const folder = await mkdtemp(join(tmpdir(), "tripledash-keychain-"));
  const children: Child[] = [];
  const stop = async () => {
    for (const child of children.reverse()) await child.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const run = (program: string, args: string[], env: NodeJS.ProcessEnv = {}): Child => {
      const child = start(program, args, { env });
      children.push(child);
      return child;
    };
    const bus = run(daemon, ["--session", "--nofork", "--nopidfile", "--print-address"]);
    const address = await lineOf(bus, (output) => /^(unix:\S+)$/m.exec(output)?.[1] ?? null, "dbus-daemon did not start");
    const env = { DBUS_SESSION_BUS_ADDRESS: address, HOME: folder, XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder };
    // The keyring says nothing itself: the bus tells when it has the name.
    const names = run(monitor, ["--session", "type='signal',member='NameOwnerChanged'"], env);
    await lineOf(names, (output) => (output.includes("NameAcquired") || output.includes("NameOwnerChanged") ? output : null), "dbus-monitor did not start");
    // The password of the login keyring comes on its input; the shell ends by becoming the daemon.
    run("/bin/sh", ["-c", `printf secret | exec ${keyring} --foreground --unlock --components=secrets`], env);
    await lineOf(names, (output) => (output.includes('"org.freedesktop.secrets"') ? output : null), "gnome-keyring-daemon did not start");
    return { env: { DBUS_SESSION_BUS_ADDRESS: address }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
