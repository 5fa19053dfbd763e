import { describe, expect, it } from "vitest";
import type { LogLine } from "@/api/types";
import { joined, LINES_KEPT, noLog, plainText, withPage } from "./log";

const line = (number: number, text = `line ${number}`): LogLine => ({ number, at: "2026-01-01T00:00:00Z", stream: "output", setup: false, text });
const page = (from: number, count: number, missed = 0) => ({
  missed, lines: Array.from({ length: count }, (_, at) => line(from + at)), next: from + count,
});

describe("withPage", () => {
  it("puts pages one behind the other", () => {
    const log = withPage(withPage(noLog, page(0, 2)), page(2, 1));
    expect(log.lines.map(({ number }) => number)).toEqual([0, 1, 2]);
    expect(log).toMatchObject({ missed: 0, next: 3 });
  });
  it("counts what nobody keeps any more, the engine's and its own", () => {
    const log = withPage(noLog, page(500, 3, 500));
    expect(log.missed).toBe(500);
    const full = withPage(log, page(503, LINES_KEPT));
    expect(full.lines).toHaveLength(LINES_KEPT);
    expect(full.missed).toBe(503);
    expect(full.lines[0]?.number).toBe(503);
  });
  it("begins anew with the lines of another run", () => {
    const log = withPage(withPage(noLog, page(0, 9)), page(0, 2));
    expect(log.lines.map(({ number }) => number)).toEqual([0, 1]);
    expect(log.next).toBe(2);
  });
});

it("takes pages that follow each other as one", () => {
  expect(joined([])).toBeNull();
  const one = joined([page(4, 2, 4), page(6, 0), page(9, 1, 3)]);
  expect(one?.lines.map(({ number }) => number)).toEqual([4, 5, 9]);
  expect(one).toMatchObject({ missed: 7, next: 10 });
});

describe("plainText", () => {
  it("takes out colours, links and cursor moves", () => {
    expect(plainText("\u001b[32m✓\u001b[39m Ready in \u001b[1m1.2s\u001b[22m")).toBe("✓ Ready in 1.2s");
    expect(plainText("\u001b]8;;http://localhost:3000\u0007here\u001b]8;;\u0007 \u001b[2K\u001b[1Gdone")).toBe("here done");
  });
  it("shows what stands after a carriage return, as a terminal does", () => {
    expect(plainText("10 %\r50 %\r100 %")).toBe("100 %");
    expect(plainText("done\r")).toBe("done");
  });
  it("leaves everything else as it is", () => {
    expect(plainText("GET /[slug]\t200 → ok [0m]")).toBe("GET /[slug]\t200 → ok [0m]");
  });
});
