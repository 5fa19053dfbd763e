import { expect } from "@playwright/test";

import { test } from "../support/apps.ts";
import { ask } from "../support/wire.ts";
import { exchange } from "../support/workbench.ts";

/**
 * `next dev -H 127.0.0.1`: the middleware's URL says `localhost`, which is not the host that is bound,
 * so Next.js takes each rewrite for one to another server and asks itself over HTTP.
 */
test("a server bound to 127.0.0.1 rewrites by its own address, and is compared by path all the same", async ({ stand }) => {
  const { app, engine, host } = await stand("next-bound");
  const answer = await ask(engine.port, host("acme"), "/forms");
  expect(answer.status).toBe(200);
  expect(answer.body).toContain("Forms of <!-- -->acme");
  // What its page then reads as its host, with or without a proxy in front.
  const misled = `value="http://localhost:${app.port}/about"`;
  expect(answer.body).toContain(misled);
  expect((await ask(app.port, host("acme"), "/forms")).body).toContain(misled);

  const seen = await exchange(engine, "tenant:acme /forms");
  expect(seen.responseHeaders).toContainEqual(["x-middleware-rewrite", `http://localhost:${app.port}/acme/forms`]);
  expect(seen).toMatchObject({ predicted: "/acme/forms", actual: "/acme/forms", comparison: "same" });
  expect(seen.diagnosis).toEqual([
    expect.objectContaining({
      code: "rewrite-external",
      severity: "warning",
      evidence: [`x-middleware-rewrite: http://localhost:${app.port}/acme/forms`],
      fix: "next dev -H localhost",
    }),
  ]);
});
