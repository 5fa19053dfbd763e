import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { keepToken, takeToken } from "./token";

const page = (address: string) => new JSDOM("", { url: `http://tripledash.localhost:7333${address}` }).window;
const take = ({ location, history, localStorage }: ReturnType<typeof page>) => takeToken(location, history, localStorage);

describe("takeToken", () => {
  it("takes the fragment's token, and cleans the address", () => {
    const opened = page("/?a=b#token=given");
    expect(take(opened)).toBe("given");
    expect(opened.location.href).toBe("http://tripledash.localhost:7333/?a=b");
    expect(opened.history.length).toBe(1);
  });

  it("keeps nothing of it: any page may open the workbench with a token of its choosing", () => {
    const opened = page("/#token=theirs");
    keepToken("ours", opened.localStorage);
    expect(take(opened)).toBe("theirs");
    expect(take(opened)).toBe("ours");
  });

  it("takes the one that was kept where the fragment has none", () => {
    for (const address of ["/", "/#", "/#token=", "/#other=x"]) {
      const opened = page(address);
      expect(take(opened)).toBeNull();
      keepToken("ours", opened.localStorage);
      expect(take(opened)).toBe("ours");
      expect(opened.location.hash).not.toContain("token");
    }
  });
});
