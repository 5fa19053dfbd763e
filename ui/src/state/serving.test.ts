import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, type Api } from "@/api/client";
import { sampleBranch, samplePreview, sampleServer, sampleWorkspace } from "./samples";
import { canStart, canStop, restartServer, startServer } from "./serving";
import { applyWorkspace, initialState, useStore } from "./store";

const trust = (trusted: boolean) => ({ folder: "/w", trusted, commands: [{ place: "previews[0].dev", line: "vite", folder: null, when: "when you start a branch" }] });
const withServer = (state: Parameters<typeof sampleServer>[0]) => sampleBranch("feature", { server: sampleServer(state) });

function engine(trusted: boolean) {
  const asked: string[] = [];
  const api = {
    startServer: vi.fn(async (name: string) => void asked.push(`start ${name}`)),
    stopServer: vi.fn(async (name: string) => void asked.push(`stop ${name}`)),
  };
  useStore.setState({ ...initialState, api: api as unknown as Api, workspace: sampleWorkspace({ trust: trust(trusted), previews: [withServer({ state: "ready", hasLog: true })] }) }, true);
  return { asked, api };
}

describe("what can be done with a server", () => {
  it("goes by what it is doing, and by who started it", () => {
    expect([canStart(withServer({})), canStop(withServer({}))]).toEqual([true, false]);
    expect([canStart(withServer({ state: "setup" })), canStop(withServer({ state: "setup" }))]).toEqual([false, true]);
    expect([canStart(withServer({ state: "stopping" })), canStop(withServer({ state: "stopping" }))]).toEqual([false, false]);
    expect([canStart(withServer({ state: "exited" })), canStop(withServer({ state: "exited" }))]).toEqual([true, false]);
    const adopted = withServer({ state: "ready", adopted: true, canStart: false });
    expect([canStart(adopted), canStop(adopted)]).toEqual([false, false]);
    expect([canStart(withServer({ canStart: false })), canStart(samplePreview("main"))]).toEqual([false, false]);
  });
});

describe("startServer", () => {
  beforeEach(() => useStore.setState(initialState, true));
  it("shows the commands first where they may not run yet", async () => {
    const { asked } = engine(false);
    await startServer("feature");
    expect(asked).toEqual([]);
    expect(useStore.getState().dialog).toEqual({ kind: "trust", start: "feature" });
  });
  it("shows them too where the engine knows better than the window", async () => {
    const { api } = engine(true);
    api.startServer.mockRejectedValueOnce(new ApiError("untrusted", "not yet", 403));
    await startServer("feature");
    expect(useStore.getState().dialog).toEqual({ kind: "trust", start: "feature" });
  });
});

describe("restartServer", () => {
  it("starts only once the server has ended", async () => {
    const { asked } = engine(true);
    const restarted = restartServer("feature");
    await vi.waitFor(() => expect(asked).toEqual(["stop feature"]));
    applyWorkspace(sampleWorkspace({ generation: 2, trust: trust(true), previews: [withServer({ state: "stopping", hasLog: true })] }));
    expect(asked).toEqual(["stop feature"]);
    applyWorkspace(sampleWorkspace({ generation: 3, trust: trust(true), previews: [withServer({ state: "stopped", hasLog: true })] }));
    await restarted;
    expect(asked).toEqual(["stop feature", "start feature"]);
  });
});
