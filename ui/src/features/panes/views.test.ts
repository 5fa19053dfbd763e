import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceState } from "@/api/types";
import { initialState, useStore } from "@/state/store";
import { setView, useLive } from "./live";
import { keepViewsInStep } from "./views";

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

const workspace = (file: string, kind: "draft" | "folder" = "folder") =>
  ({ name: "shops", origin: { kind, folder: "", file }, tenants: [], previews: [] }) as unknown as WorkspaceState;
const show = (one: WorkspaceState) => useStore.setState({ workspace: one });
const phone = { device: "phone", zoom: null };

describe("views", () => {
  let storage: Storage;
  let stop: () => void;
  beforeEach(() => {
    useStore.setState(initialState, true);
    useLive.setState({ views: {}, live: {} });
    storage = memory();
    stop = keepViewsInStep(storage);
  });
  afterEach(() => stop());

  it("come back with their workspace, and are not another's", () => {
    show(workspace("/a/tripledash.json"));
    setView(["acme|main|"], phone);
    show(workspace("/b/tripledash.json"));
    expect(useLive.getState().views).toEqual({});
    show(workspace("/a/tripledash.json"));
    expect(useLive.getState().views).toEqual({ "acme|main|": phone });
  });

  it("go along when a draft is saved", () => {
    show(workspace("", "draft"));
    setView(["acme|main|"], phone);
    show(workspace("/a/tripledash.json"));
    expect(useLive.getState().views).toEqual({ "acme|main|": phone });
  });

  it("leave nothing behind for panes as every pane is", () => {
    show(workspace("/a/tripledash.json"));
    setView(["acme|main|"], phone);
    setView(["acme|main|"], { device: "pane", zoom: null });
    expect(storage.length).toBe(0);
  });

  it.each(["{", "[]", '{"a":7,"b":{"device":"phone","zoom":"wide"}}'])("start plain from %s", (text) => {
    storage.setItem("tripledash.views:/a/tripledash.json", text);
    show(workspace("/a/tripledash.json"));
    expect(useLive.getState().views).toEqual({});
  });
});
