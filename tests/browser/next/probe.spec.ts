import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "@playwright/test";

import { test } from "../support/apps.ts";
import { binary } from "../support/engine.ts";
import { nextTenancy } from "../support/next.ts";

type Report = {
  verdict: { kind: string; sure: boolean; host: string | null; message: string; reasons: string[] };
  remarks: { code: string; fix: string | null }[];
};

const workspace = (upstream: string) => ({
  name: "probed",
  tenants: [{ id: "acme" }, { id: "globex", name: "Globex Corporation" }],
  previews: [{ name: "main", upstream }],
});

/** Probes an upstream, and writes the line; gives the report, and the preview as it then stands in the file. */
async function probe(upstream: string): Promise<{ report: Report; preview: object; all: string }> {
  const folder = await mkdtemp(join(tmpdir(), "tripledash-probe-"));
  const file = join(folder, "tripledash.json");
  await writeFile(file, JSON.stringify(workspace(upstream), null, 2));
  const all = await new Promise<string>((done, fail) => {
    execFile(binary, ["probe", "main", folder, "--write", "--json"], (error, out, err) => {
      // 1 is an answer too: there is no line to write.
      out ? done(out) : fail(error ?? new Error(err));
    });
  });
  const { previews } = JSON.parse(await readFile(file, "utf8")) as { previews: object[] };
  await rm(folder, { recursive: true });
  return { report: JSON.parse(all) as Report, preview: previews[0]!, all };
}

test("an app that splits the host at --- needs no line", async ({ stand }) => {
  const { app } = await stand("next-16");
  const upstream = `http://localhost:${app.port}`;
  const { report, preview, all } = await probe(upstream);
  expect(report.verdict, all).toMatchObject({ kind: "keep", sure: true, host: null });
  expect(preview).toEqual({ name: "main", upstream });
  expect(report.remarks).toEqual([]);
});

test("one that is bound to 127.0.0.1 is told to be", async ({ stand }) => {
  const { app } = await stand("next-bound");
  const { report, all } = await probe(`http://localhost:${app.port}`);
  expect(report.verdict, all).toMatchObject({ kind: "keep", sure: true });
  expect(report.remarks, all).toMatchObject([{ code: "rewrite-external", fix: "next dev -H localhost" }]);
});

const kinds = [
  { name: "platforms", flags: [], verdict: { kind: "write", sure: true, host: "{tenant}.localhost:{port}" } },
  {
    name: "platforms",
    flags: ["--hostname", "0.0.0.0"],
    verdict: { kind: "write", sure: true, host: "{tenant}---{preview}.vercel.app" },
  },
  { name: "header", flags: [], verdict: { kind: "write", sure: true, host: "{tenant}.localhost:{port}" } },
  { name: "path", flags: [], verdict: { kind: "path", sure: true, host: null } },
] as const;

for (const { name, flags, verdict } of kinds) {
  test(`the right line for ${[name, ...flags].join(" ")}`, async () => {
    const app = await nextTenancy(name, [...flags]);
    try {
      const upstream = `http://localhost:${app.port}`;
      const { report, preview, all } = await probe(upstream);
      expect(report.verdict, all).toMatchObject(verdict);
      const host = verdict.host ? { host: verdict.host } : {};
      expect(preview).toEqual({ name: "main", upstream, ...host });
    } finally {
      await app.stop();
    }
  });
}
