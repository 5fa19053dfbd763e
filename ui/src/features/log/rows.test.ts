import { describe, expect, it } from "vitest";
import type { LogLine } from "@/api/types";
import { asText, logRows, marked, type LogRow } from "./rows";

const line = (number: number, text: string, setup = false, stream: LogLine["stream"] = "output"): LogLine => ({ number, at: "2026-01-01T00:00:00Z", stream, setup, text });
const shown = (rows: readonly LogRow[]) => rows.map((row) => (row.kind === "line" ? row.text : row.kind === "phase" ? (row.setup ? "= setup" : "= server") : `= ${row.count} missed`));
const lines = [line(3, "added 210 packages", true), line(4, "\u001b[32m▲ Next.js\u001b[0m"), line(5, "GET /about 404")];

describe("logRows", () => {
  it("divides the setup from the server, and says what is gone", () => {
    expect(shown(logRows({ lines, missed: 3 }, ""))).toEqual(["= 3 missed", "= setup", "added 210 packages", "= server", "▲ Next.js", "GET /about 404"]);
  });
  it("divides nothing where there was no setup", () => {
    expect(shown(logRows({ lines: lines.slice(1), missed: 0 }, ""))).toEqual(["▲ Next.js", "GET /about 404"]);
  });
  it("shows what is searched for, and nothing between", () => {
    expect(shown(logRows({ lines, missed: 3 }, "404 get"))).toEqual(["GET /about 404"]);
    expect(shown(logRows({ lines, missed: 3 }, "[32m"))).toEqual([]);
  });
});

describe("marked", () => {
  it("cuts the text where words were found, also where they overlap", () => {
    const pieces = marked("GET /about 404", ["about", "bout 4"]);
    expect(pieces).toEqual([{ text: "GET /", on: false }, { text: "about 4", on: true }, { text: "04", on: false }]);
    expect(marked("plain", [])).toEqual([{ text: "plain", on: false }]);
    expect(marked("", ["x"])).toEqual([]);
  });
  it("leaves a text alone whose places move in lower case", () => {
    expect(marked("İstanbul", ["stan"])).toEqual([{ text: "İstanbul", on: false }]);
  });
});

it("copies what is read", () => {
  expect(asText(lines)).toBe("added 210 packages\n▲ Next.js\nGET /about 404");
});
