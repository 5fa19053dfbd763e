import { Dialog, Kbd } from "@/components";
import { shortcutKeys, useAllCommands } from "@/state/commands";
import { closeDialog } from "@/state/store";

/** Keys that belong to a list and are not commands. */
const inLists: [string, string[][]][] = [
  ["Move", [["↑"], ["↓"]]],
  ["Take alone", [["Enter"]]],
  ["Add or take out", [["Space"]]],
  ["Take a range", [["Shift", "↓"]]],
  ["Rename or edit", [["F2"]]],
  ["Actions of a row", [["Shift", "F10"]]],
  ["Start or stop a preview’s server", [["S"]]],
  ["Open its log", [["L"]]],
];

const inForms: [string, string[][]][] = [["Move a page, a rule or a part", [["Alt", "↑"], ["Alt", "↓"]]]];

export function ShortcutsDialog() {
  const commands = useAllCommands().filter(({ shortcut }) => shortcut !== undefined);
  return (
    <Dialog title="Keyboard shortcuts" onClose={closeDialog} width={560}>
      <div className="grid gap-x-10 sm:grid-cols-2">
        <section>
          <h3 className="pb-1 text-cap text-third">Anywhere</h3>
          <dl>{commands.map(({ id, title, shortcut }) => <Line key={id} title={title} keys={[shortcutKeys(shortcut ?? "")]} />)}</dl>
        </section>
        <section>
          <h3 className="pb-1 text-cap text-third">In the lists of tenants and previews</h3>
          <dl>{inLists.map(([title, keys]) => <Line key={title} title={title} keys={keys} />)}</dl>
          <h3 className="pt-3 pb-1 text-cap text-third">In lists that are edited</h3>
          <dl>{inForms.map(([title, keys]) => <Line key={title} title={title} keys={keys} />)}</dl>
        </section>
      </div>
    </Dialog>
  );
}

function Line({ title, keys }: { title: string; keys: readonly (readonly string[])[] }) {
  return (
    <div className="flex h-7 items-center gap-2">
      <dt className="min-w-0 flex-1 truncate">{title}</dt>
      <dd className="flex gap-1">{keys.map((one) => <Kbd key={one.join("+")} keys={one} />)}</dd>
    </div>
  );
}
