import { ApiError } from "@/api/client";
import type { Preview, Server, ServerState, TrustedCommand } from "@/api/types";
import { api, change, showError } from "./operations";
import { openDialog, useStore } from "./store";

/** What a server is doing, as far as buttons and colours care. */
export type Stage = "off" | "underway" | "on" | "ending" | "broken";

const stages: Record<ServerState, Stage> = {
  stopped: "off", preparing: "underway", setup: "underway", starting: "underway", ready: "on", stopping: "ending", exited: "broken", failed: "broken",
};
export const stageOf = (server: Pick<Server, "state">): Stage => stages[server.state];

const words: Record<ServerState, string> = {
  stopped: "does not run", preparing: "making its checkout", setup: "setup runs", starting: "starting", ready: "runs", stopping: "stopping",
  exited: "ended by itself", failed: "did not start",
};

/** One or two words; a server that somebody else started is told apart. */
export const serverWords = ({ state, adopted }: Server): string => (adopted ? "started elsewhere" : words[state]);

/** What should be known of a server that runs, or is about to: that its checkout stays behind, or where it listens. As the engine words it. */
export const remarkOf = ({ server }: Preview): string | null => (server !== null && !server.adopted && ["underway", "on", "ending"].includes(stageOf(server)) ? server.message : null);

export const canStart = ({ server }: Preview): boolean => server !== null && server.canStart && !server.adopted && ["off", "broken"].includes(stageOf(server));
/** One that was started elsewhere is not ours to stop. */
export const canStop = ({ server }: Preview): boolean => server !== null && !server.adopted && ["underway", "on"].includes(stageOf(server));
export const hasLog = ({ server }: Preview): boolean => server?.hasLog === true;

/** The preview leads nowhere: there is no page to load, until its server or its deployment answers. */
export const leadsNowhere = ({ upstream }: Preview): boolean => upstream === null;

const previewOf = (name: string): Preview | undefined => useStore.getState().workspace?.previews.find((one) => one.name === name);

/** Starts a branch's server. Where its commands may not run yet, they are shown first, and it starts once they are trusted. */
export async function startServer(name: string): Promise<void> {
  if (useStore.getState().workspace?.trust?.trusted === false) {
    openDialog({ kind: "trust", start: name });
    return;
  }
  try {
    await api().startServer(name);
  } catch (error) {
    if (error instanceof ApiError && error.code === "untrusted") openDialog({ kind: "trust", start: name });
    else showError(error);
  }
}

export async function stopServer(name: string): Promise<void> {
  try {
    await api().stopServer(name);
  } catch (error) {
    showError(error);
  }
}

/** How long a server may take to end before it is not waited for any more. */
const ENDS_WITHIN_MS = 30_000;

/** Stops it where it runs, and starts it again once it has ended. */
export async function restartServer(name: string): Promise<void> {
  const preview = previewOf(name);
  if (preview && canStop(preview)) {
    const over = ended(name);
    await stopServer(name);
    if (!(await over)) return;
  }
  await startServer(name);
}

/** Resolves once the stream has told that the server runs no more; false when it goes on, or is gone. */
function ended(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (is: boolean) => {
      clearTimeout(timer);
      stop();
      resolve(is);
    };
    const stop = useStore.subscribe(() => {
      const server = previewOf(name)?.server;
      if (!server) done(false);
      else if (["off", "broken"].includes(stageOf(server))) done(true);
    });
    const timer = setTimeout(() => done(false), ENDS_WITHIN_MS);
  });
}

/** The lines are others than those that were shown. */
export const haveChanged = (error: unknown): boolean => error instanceof ApiError && error.code === "commands-changed";

export const trustCommands = (commands: readonly TrustedCommand[]) => change((to) => to.trust(true, commands));
export const distrust = () =>
  change((to) => to.trust(false, []), { done: "Nothing of this folder is run or sent until you trust it again" });

export async function refreshSources(): Promise<void> {
  try {
    await api().refresh();
  } catch (error) {
    showError(error);
  }
}

/** Takes the workspace as the engine has it now, before the stream tells. */
export const reread = () => change((to) => to.workspace());
