import { describe, expect, it } from "vitest";
import type { Exchange } from "@/api/types";
import { legs } from "./legs";
import { stops, type StopId } from "./stops";

const plain: Exchange = {
  id: "1", startedAt: "2026-01-01T00:00:00Z", tenant: "acme", preview: "main", session: null, kind: "document", method: "GET",
  path: "/about", rewrittenTo: "/acme/about", status: 200, durationUs: 38_000, responseBytes: 7100, state: "done", diagnostics: [],
  url: "http://acme---main.tripledash.localhost:7333/about",
  resolution: { kind: "preview", tenant: "acme", preview: "main", session: null, parts: { tenant: "acme" } },
  rules: [{ index: 0, by: "app", source: "/(.*)", matched: true, reason: "the path matches", params: {} }],
  predicted: "/acme/about", actual: "/acme/about", comparison: "same", comparisonReason: "the app rewrote to /acme/about, as predicted",
  upstream: { origin: "http://localhost:3000", host: "acme.localhost:3000", path: "/about", address: "127.0.0.1:3000" },
  timings: { dnsUs: null, protocol: null, connectUs: 300, tlsUs: null, firstByteUs: 31_000, totalUs: 38_000, reused: false },
  requestBytes: 0, cache: null,
  edits: [
    { stage: "request", field: "host", before: "a", after: "b", why: "" },
    { stage: "request", field: "path", before: "/x", after: "/y", why: "" },
    { stage: "response", field: "set-cookie", before: "a", after: "b", why: "" },
  ],
  requestHeaders: [], responseHeaders: [], failure: null, diagnosis: [],
};

const verdicts = (exchange: Exchange) => stops(exchange).map(({ verdict }) => verdict);
const stop = (exchange: Exchange, id: StopId) => stops(exchange).find((one) => one.id === id);

describe("stops", () => {
  it("all pass for a page that went as predicted", () => {
    expect(verdicts(plain)).toEqual(["passed", "passed", "passed", "passed", "passed", "passed"]);
    expect(stops(plain).map(({ value }) => value.replace("\u202f", " "))).toEqual(["acme", "main", "rules[0]", "31 ms", "predicted", "200"]);
  });

  it("each know the edits they made", () => {
    expect(stop(plain, "upstream")?.edits).toEqual([0]);
    expect(stop(plain, "rule")?.edits).toEqual([1]);
    expect(stop(plain, "answer")?.edits).toEqual([2]);
  });

  it("show a diagnostic at the stop that it is about, and leave mere remarks alone", () => {
    const asset = { ...plain, diagnosis: [{ code: "asset-caught-by-rewrite", severity: "warning" as const, message: "caught", evidence: [], fix: null }] };
    expect(stop(asset, "rule")).toMatchObject({ verdict: "wrong", reason: "caught" });
    const remark = { ...plain, diagnosis: [{ code: "tenant-unlisted", severity: "info" as const, message: "unlisted", evidence: [], fix: null }] };
    expect(stop(remark, "host")?.verdict).toBe("passed");
  });

  it("end at an upstream that refused", () => {
    const refused: Exchange = {
      ...plain, status: 502, actual: null, comparison: "unknown", comparisonReason: "the app did not answer", state: "failed",
      timings: { dnsUs: null, protocol: null, connectUs: null, tlsUs: null, firstByteUs: null, totalUs: 900, reused: false },
      failure: { side: "upstream", code: "upstream-refused", message: "nothing listens at localhost:3000" },
    };
    expect(verdicts(refused)).toEqual(["passed", "passed", "passed", "wrong", "unreached", "wrong"]);
    expect(stop(refused, "upstream")?.reason).toBe("nothing listens at localhost:3000");
  });

  it("are not followed on where the request was answered for the app", () => {
    const refused: Exchange = { ...plain, status: 405, rules: [], upstream: null, predicted: null, actual: null, comparison: "none", comparisonReason: "" };
    expect(verdicts(refused)).toEqual(["passed", "passed", "unreached", "unreached", "unreached", "wrong"]);
    expect(stop(refused, "app")?.reason).toBe("the app was not asked");
  });

  it("never go beyond a host that names no preview", () => {
    const unknown: Exchange = {
      ...plain, tenant: null, preview: null, status: 404, rules: [], upstream: null, predicted: null, actual: null, comparison: "none", comparisonReason: "",
      resolution: { kind: "unknown", reason: "no preview is named mian", near: ["main"] },
    };
    expect(verdicts(unknown)).toEqual(["wrong", "unreached", "unreached", "unreached", "unreached", "wrong"]);
    expect(stop(unknown, "preview")?.reason).toBe("nearest: main");
  });

  it("wait while the app has not answered", () => {
    const open: Exchange = {
      ...plain, status: null, state: "open", durationUs: null, comparison: "unknown",
      timings: { dnsUs: null, protocol: null, connectUs: null, tlsUs: null, firstByteUs: null, totalUs: null, reused: false },
    };
    expect(verdicts(open)).toEqual(["passed", "passed", "passed", "waiting", "waiting", "waiting"]);
  });
});

describe("legs", () => {
  it("cut the whole time at what is known of it", () => {
    expect(legs(plain)).toEqual([
      { name: "connect", from: 0, to: 300 }, { name: "app", from: 300, to: 31_000 }, { name: "body", from: 31_000, to: 38_000 },
    ]);
  });

  it("are none where nothing was timed", () => {
    expect(legs({ durationUs: null, timings: { dnsUs: null, protocol: null, connectUs: null, tlsUs: null, firstByteUs: null, totalUs: null, reused: false } })).toEqual([]);
  });
});
