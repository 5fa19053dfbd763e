import { DropdownMenu as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { classes } from "./classes";
import { Kbd } from "./Kbd";

export function Menu({ trigger, children, align = "start", label, width = 200, open, onOpenChange }: {
  trigger: ReactElement; children: ReactNode; align?: "start" | "center" | "end"; label: string; width?: number;
  open?: boolean; onOpenChange?: (open: boolean) => void;
}) {
  return (
    <Radix.Root modal={false} {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={5}
          collisionPadding={8}
          loop
          className="rise z-60 max-h-[min(640px,var(--radix-dropdown-menu-content-available-height))] overflow-y-auto rounded-[9px] border border-line bg-panel p-1 shadow-float"
          style={{ minWidth: width, maxWidth: 380 }}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const row =
  "flex min-h-7 items-center gap-2 rounded-[6px] px-2 text-body outline-none data-[highlighted]:bg-raised data-[disabled]:text-third";

/** `disabledReason` shows why instead of leaving a grey riddle. */
export function MenuItem({ children, onSelect, keys, danger = false, disabledReason, before, detail }: {
  children: ReactNode; onSelect: () => void; keys?: readonly string[]; danger?: boolean;
  disabledReason?: string | null | undefined; before?: ReactNode; detail?: ReactNode;
}) {
  return (
    <Radix.Item className={classes(row, danger && "text-bad", disabledReason && "py-1")} disabled={Boolean(disabledReason)} onSelect={onSelect}>
      {before}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{children}</span>
        {disabledReason ? <span className="block text-cap whitespace-normal text-third">{disabledReason}</span> : null}
      </span>
      {detail === undefined ? null : <span className="wire truncate !text-cap text-third">{detail}</span>}
      {keys ? <Kbd keys={keys} /> : null}
    </Radix.Item>
  );
}

export function MenuCheck({ children, checked, onChange, keepOpen = false }: {
  children: ReactNode; checked: boolean; onChange: (checked: boolean) => void; keepOpen?: boolean;
}) {
  return (
    <Radix.CheckboxItem
      className={row}
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => {
        if (keepOpen) event.preventDefault();
      }}
    >
      <span className="flex w-3.5 shrink-0 justify-center" aria-hidden>{checked ? "✓" : ""}</span>
      <span className="flex min-w-0 flex-1 items-center gap-2">{children}</span>
    </Radix.CheckboxItem>
  );
}

export const MenuLine = () => <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 text-cap text-third">{children}</Radix.Label>
);
