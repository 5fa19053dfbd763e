import { describe, expect, it } from "vitest";
import { sampleBranch, samplePreview, sampleSource, sampleWorkspace } from "@/state/samples";
import { usedBy, variablesOf } from "./variables";

const workspace = sampleWorkspace({
  previews: [samplePreview("main"), sampleBranch("feature")], sources: [sampleSource({ at: 1 })],
  variables: [
    { name: "API_KEY", source: "keychain", usedBy: ["preview main"] }, { name: "TOKEN", source: "unset", usedBy: ["previews[1]", "preview main"] },
    { name: "LIST_KEY", source: "dotenv", usedBy: ["tenants"] },
  ],
});
const names = (preview: string | null) => variablesOf(workspace, preview).map(({ name }) => name);

describe("variables", () => {
  it("are those of a preview, by its own name or by its source's place", () => {
    expect(names("main")).toEqual(["API_KEY", "TOKEN"]);
    expect(names("feature")).toEqual(["TOKEN"]);
    expect(names("gone")).toEqual([]);
    expect(names(null)).toEqual(["API_KEY", "TOKEN", "LIST_KEY"]);
    expect(variablesOf(null, "main")).toEqual([]);
  });
  it("say who asks for them", () => expect(usedBy(["preview main", "previews[1]", "tenants"])).toBe("main, previews[1], the list of tenants"));
});
