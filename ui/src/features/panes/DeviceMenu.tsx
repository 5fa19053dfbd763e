import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from "@/components";
import { type PaneSpec, panesOf } from "@/state/selection";
import { useStore } from "@/state/store";
import { DEVICES, sizeText, ZOOMS } from "./devices";
import type { Size } from "./layout";
import { setView, type View } from "./live";

const percent = (scale: number) => `${Math.round(scale * 100)}%`;

/** Which window the page believes to be in, and how large that is drawn. */
export function DeviceMenu({ spec, view, viewport, scale }: { spec: PaneSpec; view: View; viewport: Size; scale: number }) {
  const set = (change: Partial<View>) => setView([spec.key], change);
  const scaled = Math.abs(scale - 1) > 0.005;
  const name = `Viewport ${sizeText(viewport)}${scaled ? ` at ${percent(scale)}` : ""}`;
  return (
    <Menu
      label="Viewport"
      align="end"
      width={210}
      trigger={
        <button
          type="button"
          aria-label={name}
          title={name}
          className="wire inline-flex h-6 items-center rounded-[6px] px-1.5 text-third hover:bg-raised hover:text-text data-[state=open]:bg-raised data-[state=open]:text-text"
        >
          <span className="@max-[460px]:hidden">{sizeText(viewport)}{scaled ? <span> {percent(scale)}</span> : null}</span>
          <span className="hidden @max-[460px]:inline-flex"><DeviceIcon /></span>
        </button>
      }
    >
      <MenuLabel>Viewport</MenuLabel>
      {DEVICES.map(({ id, name: device, size }) => (
        <MenuCheck key={id} checked={view.device === id} onChange={() => set({ device: id, zoom: null })}>
          <span className="flex-1">{device}</span>
          <span className="wire text-third">{size ? sizeText(size) : "its own size"}</span>
        </MenuCheck>
      ))}
      <MenuLine />
      <MenuLabel>Zoom</MenuLabel>
      <MenuCheck checked={view.zoom === null} onChange={() => set({ zoom: null })}>{view.device === "pane" ? "Life size" : "Fit the pane"}</MenuCheck>
      {ZOOMS.filter((zoom) => view.device !== "pane" || zoom !== 1).map((zoom) => (
        <MenuCheck key={zoom} checked={view.zoom === zoom} onChange={() => set({ zoom })}>{percent(zoom)}</MenuCheck>
      ))}
      <MenuLine />
      <MenuItem onSelect={() => setView(panesOf(useStore.getState().selection).map(({ key }) => key), view)}>Use for all panes</MenuItem>
    </Menu>
  );
}

const DeviceIcon = () => (
  <svg width={14} height={14} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={1.4} strokeLinecap="round" strokeLinejoin="round" aria-hidden>
    <rect x="2" y="3.5" width="9" height="7" rx="1.2" />
    <path d="M4.5 12.8H8" />
    <rect x="10" y="6.5" width="4.2" height="6.5" rx="1" fill="var(--td-panel)" />
  </svg>
);
