import { expect } from "@playwright/test";

import { development, type Stand, test } from "../support/apps.ts";
import { ask, upgrade } from "../support/wire.ts";
import { exchange } from "../support/workbench.ts";

/**
 * Next.js guards what it serves for development by `Origin`, and knows one label before `localhost`
 * at most (two and more since 16.3). 16.2 and later refuse what they do not know; 15 only where an
 * app has named origins. A page whose socket is refused by 16 is never hydrated.
 */
const guards = {
  "next-15": { path: "/_next/webpack-hmr", direct: "Unauthorized" },
  "next-15-webpack": { path: "/_next/webpack-hmr", direct: "Unauthorized" },
  "next-16-2": { path: "/_next/webpack-hmr?id=tests", direct: "Unauthorized" },
  "next-16": { path: "/_next/hmr?id=tests", direct: "HTTP/1.1 101 Switching Protocols" },
  "next-16-webpack": { path: "/_next/hmr?id=tests", direct: "HTTP/1.1 101 Switching Protocols" },
};

for (const preview of development) {
  test.describe(`hot reload of ${preview}`, () => {
    const { path, direct } = guards[preview];
    let at: Stand;

    test.beforeAll(async ({ stand }) => {
      at = await stand(preview);
    });

    test("its socket opens for a pane, whether or not it would for the pane's own origin", async () => {
      const host = at.host("acme");
      const asked = { Origin: `http://${host}` };
      expect(await upgrade(at.app.port, host, path, asked)).toBe(direct);
      expect(await upgrade(at.engine.port, host, path, asked)).toBe("HTTP/1.1 101 Switching Protocols");

      const seen = await exchange(at.engine, "tenant:acme kind:hmr");
      expect(seen.edits).toContainEqual(
        expect.objectContaining({ field: "origin", before: `http://${host}`, after: `http://localhost:${at.app.port}` }),
      );
    });

    test("somebody else's origin is not let in by us", async () => {
      const host = at.host("acme");
      const foreign = { Origin: "http://elsewhere.example" };
      expect(await upgrade(at.app.port, host, path, foreign)).toBe("Unauthorized");
      expect(await upgrade(at.engine.port, host, path, foreign)).toMatch(/^HTTP\/1\.1 (4|5)\d\d /);
      const { diagnosis } = await exchange(at.engine, "tenant:acme kind:hmr status:>=400");
      expect(diagnosis.map(({ code }) => code)).toContain("hmr-blocked");
    });

    test("its fonts and overlays open for a pane as well", async () => {
      const host = at.host("acme");
      const headers = { origin: `http://${host}` };
      const path = "/__nextjs_font/geist-latin.woff2";
      expect((await ask(at.engine.port, host, path, { headers })).status).toBe(200);
    });
  });
}
