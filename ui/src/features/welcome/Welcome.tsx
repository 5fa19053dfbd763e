import { useState, type ReactNode } from "react";
import { Button } from "@/components";
import { openDemo, openRecent, showError } from "@/state/operations";
import { useStore } from "@/state/store";
import { YourApp } from "./YourApp";

/** What the demo's tenants teach. */
const toFind = [
  "a logo that is missing for one tenant only",
  "a redirect that loses its tenant",
  "an address that is too long for the web",
  "a redesign that German does not fit in",
];

/** The first minute: two doors. */
export function Welcome() {
  const recent = useStore((state) => state.workspace?.recent ?? []);
  const [opening, setOpening] = useState(false);
  const lookAround = async () => {
    setOpening(true);
    try {
      await openDemo();
    } catch (error) {
      showError(error);
    } finally {
      setOpening(false);
    }
  };
  return (
    <main className="flex h-full flex-col items-center overflow-y-auto bg-bg px-6 py-[12vh]">
      <div className="w-full max-w-[760px]">
        <Spelling />
        <p className="mt-4 max-w-[52ch] text-title text-second">
          See every tenant of your app, on any preview, side by side, and why each request went where it went.
        </p>
        <div className="mt-8 grid border-y border-line sm:grid-cols-2">
          <Door title="Look around" text="A small shop with six tenants and flaws planted to be found. Nothing of yours is touched.">
            <ul className="flex flex-col gap-1.5 text-second">
              {toFind.map((one) => (
                <li key={one} className="flex items-baseline gap-2.5"><span className="wire text-third" aria-hidden>---</span>{one}</li>
              ))}
            </ul>
            <Button look="strong" className="self-start" disabled={opening} onClick={() => void lookAround()}>{opening ? "Opening…" : "Open the demo"}</Button>
          </Door>
          <Door title="Your app" text="Nothing is written to your folders until you save." aside>
            <YourApp />
          </Door>
        </div>
        {recent.length > 0 ? (
          <section className="mt-6" aria-label="Recent workspaces">
            <h2 className="text-cap text-third">Recent</h2>
            <ul className="mt-1 -ml-2 grid sm:grid-cols-2">
              {recent.slice(0, 6).map(({ name, folder }) => (
                <li key={folder} className="min-w-0">
                  <button type="button" className="flex h-8 w-full items-center gap-3 rounded-control px-2 text-left hover:bg-raised" onClick={() => void openRecent(folder)}>
                    <span className="shrink-0 font-name">{name}</span>
                    <span className="wire min-w-0 truncate text-third" title={folder}>{folder}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </div>
    </main>
  );
}

/** The address that the whole thing is about. */
function Spelling() {
  return (
    <h1 className="wire flex flex-wrap items-baseline text-[15px]" aria-label="Tripledash: tenant, three dashes, preview">
      <span className="rounded-[5px] bg-raised px-1.5 py-0.5 font-semibold">tenant</span>
      <span className="px-1 text-third">---</span>
      <span className="rounded-[5px] bg-raised px-1.5 py-0.5 font-semibold">preview</span>
      <span className="text-third">.tripledash.localhost</span>
    </h1>
  );
}

function Door({ title, text, children, aside = false }: { title: string; text: string; children: ReactNode; aside?: boolean }) {
  return (
    <section aria-label={title} className={`flex flex-col gap-4 py-6 ${aside ? "border-line max-sm:border-t sm:border-l sm:pl-8" : "sm:pr-8"}`}>
      <div>
        <h2 className="text-title font-name">{title}</h2>
        <p className="mt-1 text-second">{text}</p>
      </div>
      {children}
    </section>
  );
}
