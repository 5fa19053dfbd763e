import type { PaneSpec } from "@/state/selection";

/** A pane narrower than this cannot be read; the grid scrolls sideways before it goes below. */
export const READABLE_WIDTH = 264;
export const READABLE_HEIGHT = 260;
export const GAP = 10;
export const HEAD = 38;

export type Size = { width: number; height: number };
export type Rect = Size & { left: number; top: number };

/** `full`: a pane to work in. `strip`: a small picture of one, in the filmstrip. */
export type Place = Rect & { role: "full" | "strip" };

export type Layout = { places: ReadonlyMap<string, Place>; content: Size };

/**
 * Where each pane goes, in whole pixels. Panes are placed and never moved in the document, because a frame that is moved
 * loads its page again.
 */
export function layout(panes: readonly PaneSpec[], room: Size, focused: string | null): Layout {
  const main = focused === null ? undefined : panes.find(({ key }) => key === focused);
  return main && panes.length > 1 ? withStrip(panes, main, room) : inGrid(rowsOf(panes, room), room);
}

const visitor = ({ tenant, session }: PaneSpec) => `${tenant ?? ""}.${session ?? ""}`;
const unique = <T>(values: readonly T[]) => [...new Set(values)];
const share = (room: number, parts: number) => Math.floor((room - GAP * (parts - 1)) / parts);

type Row = readonly (PaneSpec | undefined)[];

/**
 * Tenants (with their sessions) in columns and previews in rows where both are many; else one run of panes, broken into rows
 * only where the room is high enough for them.
 */
export function rowsOf(panes: readonly PaneSpec[], room: Size): Row[] {
  const previews = unique(panes.map(({ preview }) => preview));
  const visitors = unique(panes.map(visitor));
  if (previews.length > 1 && visitors.length > 1)
    return previews.map((preview) => visitors.map((who) => panes.find((pane) => pane.preview === preview && visitor(pane) === who)));
  const columns = columnsFor(panes.length, room);
  const rows: Row[] = [];
  for (let at = 0; at < panes.length; at += columns) rows.push(panes.slice(at, at + columns));
  return rows;
}

/** As many columns as stay readable; more rows only while each stays readable too; what is left scrolls sideways. */
function columnsFor(count: number, { width, height }: Size): number {
  const fitting = Math.max(1, Math.floor((width + GAP) / (READABLE_WIDTH + GAP)));
  if (count <= fitting) return Math.max(1, count);
  const rowsFitting = Math.max(1, Math.floor((height + GAP) / (READABLE_HEIGHT + GAP)));
  return Math.ceil(count / Math.min(rowsFitting, Math.ceil(count / fitting)));
}

function inGrid(rows: Row[], room: Size): Layout {
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const width = Math.max(READABLE_WIDTH, share(room.width, columns));
  const height = Math.max(Math.min(READABLE_HEIGHT, room.height), share(room.height, Math.max(1, rows.length)));
  const places = new Map<string, Place>();
  rows.forEach((row, y) =>
    row.forEach((pane, x) => {
      if (pane) places.set(pane.key, { left: x * (width + GAP), top: y * (height + GAP), width, height, role: "full" });
    }),
  );
  const all = (size: number, times: number) => size * times + GAP * (times - 1);
  return { places, content: { width: all(width, columns), height: all(height, Math.max(1, rows.length)) } };
}

const STRIP_MIN = 168;
const STRIP_MAX = 248;

/** One pane large, the others as pictures of the same shape in a column beside it. */
function withStrip(panes: readonly PaneSpec[], main: PaneSpec, room: Size): Layout {
  const strip = Math.min(STRIP_MAX, Math.max(STRIP_MIN, Math.round(room.width * 0.18)));
  const large: Rect = { left: 0, top: 0, width: Math.max(READABLE_WIDTH, room.width - strip - GAP), height: room.height };
  const picture = HEAD + Math.round(((large.height - HEAD) * strip) / large.width);
  const places = new Map<string, Place>([[main.key, { ...large, role: "full" }]]);
  panes
    .filter((pane) => pane !== main)
    .forEach((pane, at) =>
      places.set(pane.key, { left: large.width + GAP, top: at * (picture + GAP), width: strip, height: picture, role: "strip" }),
    );
  const others = panes.length - 1;
  return { places, content: { width: large.width + GAP + strip, height: Math.max(room.height, others * (picture + GAP) - GAP) } };
}

/** `now` in an order that keeps what stays from `before` in place, the very same objects; what is new comes last. */
export function steadyOrder(before: readonly PaneSpec[], now: readonly PaneSpec[]): readonly PaneSpec[] {
  const wanted = new Set(now.map(({ key }) => key));
  const stay = before.filter(({ key }) => wanted.has(key));
  const known = new Set(stay.map(({ key }) => key));
  return [...stay, ...now.filter(({ key }) => !known.has(key))];
}
