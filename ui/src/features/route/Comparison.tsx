import type { Exchange } from "@/api/types";
import { classes } from "@/components";
import { sentence } from "@/state/words";

const words: Record<Exchange["comparison"], { text: string; tone: string }> = {
  same: { text: "as predicted", tone: "text-ok" },
  different: { text: "not as predicted", tone: "text-warn" },
  unknown: { text: "cannot be told", tone: "text-third" },
  none: { text: "no rewrite", tone: "text-third" },
};

/** What the rules predict that the app does, beside what the app says that it did. */
export function Comparison({ exchange: { predicted, actual, comparison, comparisonReason, upstream } }: { exchange: Exchange }) {
  const { text, tone } = words[comparison];
  if (upstream === null) return <p className="text-second">The app was not asked.</p>;
  if (comparison === "none" && predicted === null && actual === null)
    return <p className="text-second">No rule predicts a rewrite of this path, and the app told of none.</p>;
  return (
    <div className="flex flex-col gap-0.5">
      {predicted === null && actual === null ? null : (
        <dl className="wire grid grid-cols-[72px_minmax(0,1fr)_auto] gap-x-3">
          <dt className="font-sans text-body text-third" title="What the rules of tripledash.json make of the path">Predicted</dt>
          <dd className="col-span-2 break-all">{predicted ?? <span className="text-third">nothing</span>}</dd>
          <dt className="font-sans text-body text-third" title="What the app says of itself, in headers such as x-middleware-rewrite">The app</dt>
          <dd className={classes("break-all", comparison === "different" && "text-warn")}>{actual ?? <span className="text-third">told of nothing</span>}</dd>
          <dd className={classes("font-sans text-cap", tone)}>{text}</dd>
        </dl>
      )}
      {comparison === "same" ? null : <p className="text-second">{sentence(comparisonReason)}</p>}
    </div>
  );
}
