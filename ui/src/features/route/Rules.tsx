import type { RuleVerdict } from "@/api/types";
import { classes, Dot } from "@/components";
import { ruleName } from "./stops";

/** Every rule, in the file's order, with the reason why it did or did not match. */
export function Rules({ rules, mark, reached }: { rules: readonly RuleVerdict[]; mark: string; reached: boolean }) {
  if (rules.length === 0) return <p className="text-third">{reached ? "The workspace has no rules." : "The request went no further, so no rule was looked at."}</p>;
  return (
    <ul aria-label="Rules" className="flex flex-col gap-1.5 pt-1">
      {rules.map((rule) => <Rule key={rule.index} rule={rule} mark={mark} />)}
    </ul>
  );
}

function Rule({ rule, mark }: { rule: RuleVerdict; mark: string }) {
  const { by, source, matched, reason, params } = rule;
  const captured = Object.entries(params);
  return (
    <li className="flex min-w-0 gap-2">
      <span className="flex h-[18px] items-center"><Dot color={matched ? mark : "var(--td-third)"} hollow={!matched} size={8} label={matched ? "matched" : "did not match"} /></span>
      <div className="flex min-w-0 flex-1 flex-col">
        <p className={classes("wire break-all", !matched && "text-second")}>
          <span className="text-third">{ruleName(rule)} {by === "app" ? "by the app" : "by the proxy"} </span>
          {source}
        </p>
        <p className="text-cap text-third">{reason}</p>
        {matched && captured.length > 0 ? (
          <p className="wire flex flex-wrap gap-x-3 !text-cap text-third">
            {captured.map(([name, value]) => <span key={name} className="break-all">{captureName(name)} = <span className="text-second">{Array.isArray(value) ? value.join("/") : value}</span></span>)}
          </p>
        ) : null}
      </div>
    </li>
  );
}

/** As a destination writes it: `:name`, and `$1` for the first group without one. */
const captureName = (name: string) => (/^\d+$/.test(name) ? `$${Number(name) + 1}` : `:${name}`);
