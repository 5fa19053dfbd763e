import { Command as Cmdk } from "cmdk";
import { useMemo, useState } from "react";
import { Dialog as Radix } from "radix-ui";
import { Dot, Kbd } from "@/components";
import { shortcutKeys, useAllCommands, type Command } from "@/state/commands";
import { closeDialog, select, useStore } from "@/state/store";
import { tenantColors } from "@/state/tenants";
import { PreviewDot } from "@/features/side/PreviewDot";
import { findTenants } from "@/features/side/search";

const TENANTS_SHOWN = 8;
const PREVIEWS_SHOWN = 12;

const matches = (text: string, query: string) => query.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));

/** Everything that can be done or shown, by typing. */
export function Palette() {
  const [query, setQuery] = useState("");
  const commands = useAllCommands();
  const workspace = useStore((state) => state.workspace);
  const theme = useStore((state) => state.theme);
  const tenants = useMemo(
    () => (workspace ? findTenants(workspace.tenants, query, []).slice(0, query.trim() === "" ? 0 : TENANTS_SHOWN) : []),
    [workspace, query],
  );
  const previews = workspace && query.trim() !== "" ? workspace.previews.filter(({ name, branch }) => matches(`${name} ${branch ?? ""}`, query)).slice(0, PREVIEWS_SHOWN) : [];
  const groups = useMemo(() => {
    const found = new Map<string, Command[]>();
    for (const command of commands)
      if (query.trim() === "" || matches(`${command.group} ${command.title}`, query)) found.set(command.group, [...(found.get(command.group) ?? []), command]);
    return [...found];
  }, [commands, query]);

  /** The dialog closes first, so that what the command focuses or opens is not closed with it. */
  const run = (what: () => void) => () => {
    closeDialog();
    requestAnimationFrame(what);
  };

  return (
    <Radix.Root open onOpenChange={(open) => (open ? undefined : closeDialog())}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40" style={{ background: "var(--td-scrim)" }} />
        <Radix.Content aria-describedby={undefined} className="rise fixed top-[12vh] left-1/2 z-50 w-[560px] max-w-[calc(100vw-32px)] -translate-x-1/2 overflow-hidden rounded-[12px] border border-line bg-panel shadow-float outline-none">
          <Radix.Title className="sr-only">Search everything</Radix.Title>
          <Cmdk shouldFilter={false} loop label="Search everything">
            <Cmdk.Input autoFocus value={query} onValueChange={setQuery} placeholder="Tenant, preview, page or command" className="h-11 w-full border-b border-line bg-transparent px-4 text-title outline-none" />
            <Cmdk.List className="max-h-[min(420px,60vh)] overflow-y-auto p-1.5">
              <Cmdk.Empty className="px-3 py-4 text-second">Nothing matches “{query}”.</Cmdk.Empty>
              {tenants.length > 0 ? (
                <Group heading="Show a tenant">
                  {tenants.map(({ id, name, color }) => (
                    <Row key={id} value={`tenant ${id}`} onSelect={run(() => select({ tenants: [id] }))} before={<Dot color={tenantColors(color, theme).mark} />} detail={id}>{name}</Row>
                  ))}
                </Group>
              ) : null}
              {previews.length > 0 ? (
                <Group heading="Show a preview">
                  {previews.map((preview) => (
                    <Row key={preview.name} value={`preview ${preview.name}`} onSelect={run(() => select({ previews: [preview.name] }))} before={<PreviewDot preview={preview} />} detail={preview.branch ?? undefined}>{preview.name}</Row>
                  ))}
                </Group>
              ) : null}
              {groups.map(([group, list]) => (
                <Group key={group} heading={group}>
                  {list.map(({ id, title, shortcut, disabled, run: go }) => (
                    <Row key={id} value={id} disabled={Boolean(disabled)} onSelect={run(go)} detail={disabled ?? undefined} keys={shortcut}>{title}</Row>
                  ))}
                </Group>
              ))}
            </Cmdk.List>
          </Cmdk>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Group({ heading, children }: { heading: string; children: React.ReactNode }) {
  return (
    <Cmdk.Group heading={heading} className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-cap [&_[cmdk-group-heading]]:text-third">
      {children}
    </Cmdk.Group>
  );
}

function Row({ value, children, onSelect, before, detail, keys, disabled = false }: {
  value: string; children: string; onSelect: () => void; before?: React.ReactNode; detail?: string | undefined; keys?: string | undefined; disabled?: boolean;
}) {
  return (
    <Cmdk.Item value={value} disabled={disabled} onSelect={onSelect} className="flex min-h-8 items-center gap-2.5 rounded-[7px] px-2.5 data-[disabled=true]:text-third data-[selected=true]:bg-raised">
      {before}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {detail === undefined ? null : <span className="max-w-[55%] truncate text-cap text-third">{detail}</span>}
      {keys === undefined ? null : <Kbd keys={shortcutKeys(keys)} />}
    </Cmdk.Item>
  );
}
