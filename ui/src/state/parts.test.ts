import { beforeEach, describe, expect, test } from "vitest";
import { choosePart, offerAgain, partsFor, partsNow } from "./parts";
import { sampleWorkspace } from "./samples";
import { initialState, useStore } from "./store";

const localised = sampleWorkspace({ prefix: ["locale", "tenant"] });
beforeEach(() => useStore.setState({ ...initialState, workspace: localised }));

describe("the parts beside the tenant", () => {
  test("are those of this workspace's prefix, for every tenant", () => {
    const chosen = { locale: "de", region: "eu", tenant: "acme" };
    expect(partsFor("acme", localised, chosen)).toEqual({ locale: "de" });
    expect(partsFor("acme", sampleWorkspace(), chosen)).toEqual({});
    expect(partsFor("acme", null, chosen)).toEqual({});
  });

  test("stand before no preview without its tenant, but where no part is one", () => {
    const chosen = { locale: "de" };
    expect(partsFor(null, localised, chosen)).toEqual({});
    expect(partsFor(null, sampleWorkspace({ prefix: ["locale"] }), chosen)).toEqual(chosen);
  });

  test("are offered again once an address had them, the last one first", () => {
    const served = (value: string) => {
      choosePart("locale", value);
      offerAgain({ locale: value });
    };
    served("de");
    served("en");
    choosePart("locale", "de_at"); // no address has it
    choosePart("locale", "de"); // its address is known already
    expect(partsNow()).toEqual({ locale: "de" });
    expect(useStore.getState().selection.usedParts).toEqual({ locale: ["de", "en"] });
    choosePart("locale", null);
    expect(partsNow()).toEqual({});
    expect(useStore.getState().selection.usedParts).toEqual({ locale: ["de", "en"] });
  });

  test("are offered no more than twelve of", () => {
    for (let at = 0; at < 20; at += 1) offerAgain({ locale: `l${at}` });
    expect(useStore.getState().selection.usedParts["locale"]).toHaveLength(12);
  });
});
