import { beforeEach, describe, expect, it, vi } from "vitest";
import type { AddressItem, Api } from "@/api/client";
import type { Address } from "@/api/types";
import { addressKey, askFor, useKnown } from "./addresses";
import { sampleWorkspace } from "./samples";
import { applyWorkspace, initialState, useStore } from "./store";

const workspace = (generation: number, file = "/w/tripledash.json") => sampleWorkspace({ generation, origin: { kind: "folder", folder: "/w", file } });
const item: AddressItem = { tenant: "acme", parts: {}, preview: "main" };
const address = (url: string | null): Address => ({
  url, remoteUrl: null, remoteReason: null, pathPrefix: "", host: null, budget: { used: 1, limit: 63, over: 0, label: "a" }, problems: [],
});
const shown = () => useKnown.getState().byItem.get(addressKey(item))?.address.url;

/** Answers of the engine that are given when the test says so. */
function answers() {
  const waiting: ((url: string | null) => void)[] = [];
  const addresses = vi.fn((items: AddressItem[]) => new Promise<Address[]>((resolve) => waiting.push((url) => resolve(items.map(() => address(url))))));
  useStore.setState({ ...initialState, api: { addresses } as unknown as Api }, true);
  return { addresses, waiting };
}

describe("askFor", () => {
  beforeEach(() => useKnown.setState({ generation: -1, byItem: new Map() }));

  it("asks once for everything that is wanted in one go", async () => {
    const { addresses, waiting } = answers();
    applyWorkspace(workspace(1));
    askFor([item]);
    askFor([item, { ...item, tenant: "globex" }]);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    expect(addresses.mock.calls[0]?.[0]).toHaveLength(2);
    waiting[0]?.("http://one/");
    await vi.waitFor(() => expect(shown()).toBe("http://one/"));
    askFor([item]);
    expect(addresses).toHaveBeenCalledTimes(1);
  });

  it("remembers the values of parts that an address was built with, and no others", async () => {
    const { waiting } = answers();
    applyWorkspace(workspace(1));
    for (const [locale, url] of [["de_at", null], ["de", "http://de---acme---main/"]] as const) {
      askFor([{ ...item, parts: { locale } }]);
      await vi.waitFor(() => expect(waiting).toHaveLength(1));
      waiting.pop()?.(url);
      await vi.waitFor(() => expect(useKnown.getState().byItem.has(addressKey({ ...item, parts: { locale } }))).toBe(true));
    }
    expect(useStore.getState().selection.usedParts).toEqual({ locale: ["de"] });
  });

  it("drops an answer that was built from an older workspace, and shows the last known until the new one is here", async () => {
    const { addresses, waiting } = answers();
    applyWorkspace(workspace(1));
    askFor([item]);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting[0]?.("http://first/");
    await vi.waitFor(() => expect(shown()).toBe("http://first/"));
    applyWorkspace(workspace(2));
    askFor([item]);
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    expect(shown()).toBe("http://first/");
    applyWorkspace(workspace(3));
    askFor([item]);
    await vi.waitFor(() => expect(waiting).toHaveLength(3));
    waiting[2]?.("http://third/");
    await vi.waitFor(() => expect(shown()).toBe("http://third/"));
    waiting[1]?.("http://second/");
    await addresses.mock.results[1]?.value;
    await new Promise(setImmediate); // whatever the late answer sets off has run
    expect(shown()).toBe("http://third/");
  });

  it("forgets all of them when another workspace is opened", async () => {
    const { waiting } = answers();
    applyWorkspace(workspace(1));
    askFor([item]);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting[0]?.("http://one/");
    await vi.waitFor(() => expect(shown()).toBe("http://one/"));
    applyWorkspace(workspace(1, "/other/tripledash.json"));
    expect(shown()).toBeUndefined();
  });
});
