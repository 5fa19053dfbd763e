import type { Size } from "./layout";

export type Device = { id: string; name: string; size: Size | null };

/** `pane`: the pane itself is the viewport, at its own size. The others keep their real viewport and are scaled to fit. */
export const DEVICES: Device[] = [
  { id: "pane", name: "Pane", size: null },
  { id: "phone", name: "Phone", size: { width: 390, height: 844 } },
  { id: "tablet", name: "Tablet", size: { width: 768, height: 1024 } },
  { id: "laptop", name: "Laptop", size: { width: 1280, height: 800 } },
  { id: "desktop", name: "Desktop", size: { width: 1440, height: 900 } },
];

export const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5];

export const deviceOf = (id: string): Device => DEVICES.find((device) => device.id === id) ?? { id: "pane", name: "Pane", size: null };

export const sizeText = ({ width, height }: Size): string => `${width}×${height}`;

/** `null`: as large as fits, never larger than life. */
export type Zoom = number | null;

export type Fit = { viewport: Size; scale: number; left: number; top: number };

/** No page is made for a window narrower than the narrowest phone: a narrower pane is drawn smaller instead. */
export const NARROWEST = 320;

/** Where the frame goes inside a pane's body, and how large the page believes its window to be. */
export function fit(device: Device, zoom: Zoom, room: Size): Fit {
  if (!device.size) {
    const scale = zoom ?? Math.min(1, room.width / NARROWEST);
    return { viewport: { width: Math.round(room.width / scale), height: Math.round(room.height / scale) }, scale, left: 0, top: 0 };
  }
  const { width, height } = device.size;
  const scale = zoom ?? Math.min(1, room.width / width, room.height / height);
  return {
    viewport: device.size,
    scale,
    left: Math.max(0, Math.round((room.width - width * scale) / 2)),
    top: Math.max(0, Math.round((room.height - height * scale) / 2)),
  };
}
