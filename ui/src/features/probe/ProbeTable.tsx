import { useState, type ReactNode } from "react";
import { Button, classes } from "@/components";
import type { ProbeCell, ProbeReport, ProbeRow, ProbeVerdict } from "@/api/types";
import { sentence } from "@/state/words";
import { formOf, type Tone } from "./report";

const tones: Record<Tone, string> = { ok: "text-ok", warn: "text-warn", third: "text-third" };

const Head = ({ children }: { children: ReactNode }) => <th scope="col" className="py-1.5 pr-3 text-left align-bottom text-cap font-normal text-third first:pl-3">{children}</th>;
const Cell = ({ children, className }: { children: ReactNode; className?: string }) => <td className={classes("py-1.5 pr-3 align-top first:pl-3", className)}>{children}</td>;

/** Each form that was tried, a line each, or each answer. */
export function ProbeTable({ report: { forms: rows, verdict } }: { report: ProbeReport }) {
  const [each, setEach] = useState(false);
  const answers = rows.reduce((sum, row) => sum + row.answers.length, 0);
  return (
    <section aria-label="What was asked" className="mt-4">
      <div className="mb-1 flex h-6 items-center">
        <h3 className="flex-1 text-cap text-second">{each ? `${answers} answers` : "What was asked"}</h3>
        {answers > 0 ? <Button look="quiet" className="-mr-2 h-6 px-2 text-cap" aria-pressed={each} onClick={() => setEach(!each)}>{each ? "One line a form" : "Each answer"}</Button> : null}
      </div>
      <div className="overflow-x-auto rounded-control border border-line">
        <table className="w-full min-w-[660px] table-fixed border-collapse">
          <colgroup><col className="w-[286px]" /><col className="w-[98px]" /><col className="w-[88px]" /><col /><col className="w-[112px]" /></colgroup>
          <thead><tr className="border-b border-line"><Head>Host sent</Head><Head>Status</Head><Head>Rewritten</Head><Head>What was seen</Head><Head>{each ? "As" : "Verdict"}</Head></tr></thead>
          <tbody className="[&>tr+tr]:border-t [&>tr+tr]:border-line">
            {each ? rows.flatMap((row) => row.answers.map((cell, at) => <Answer key={`${formOf(row).key} ${at}`} cell={cell} inPath={row.kind === "path"} />)) : rows.map((row) => <FormRow key={formOf(row).key} row={row} verdict={verdict.kind} />)}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function FormRow({ row, verdict: kind }: { row: ProbeRow; verdict: ProbeVerdict["kind"] }) {
  const { sent, line, status, madeUp, rewrite, seen, verdict, tone } = formOf(row, kind);
  return (
    <tr>
      <Cell><span className="wire block wrap-anywhere select-text">{sent}</span>{line === sent || line === "" ? null : <span className="wire block !text-cap wrap-anywhere text-third">{line}</span>}</Cell>
      <Cell className="wire whitespace-nowrap">{status === "" ? <Nothing /> : status}{madeUp === null ? null : <span className="block !text-cap text-third" title="What a tenant gets that does not exist">made up: {madeUp}</span>}</Cell>
      <Cell className="wire wrap-anywhere">{rewrite ?? <Nothing />}</Cell>
      <Cell className="wrap-anywhere text-second">{seen}</Cell>
      <Cell className={classes("whitespace-nowrap", tones[tone])}>{verdict}</Cell>
    </tr>
  );
}

function Answer({ cell: { host, status, rewrite, location, seen, tenant, madeUp }, inPath }: { cell: ProbeCell; inPath: boolean }) {
  return (
    <tr>
      <Cell className="wire wrap-anywhere select-text">{host ?? <Nothing />}{inPath && tenant != null ? <span className="text-third"> /{tenant}</span> : null}</Cell>
      <Cell className="wire">{status ?? <Nothing />}</Cell>
      <Cell className="wire wrap-anywhere">{rewrite ?? (location == null ? <Nothing /> : <span className="text-second">to {location}</span>)}</Cell>
      <Cell className="wrap-anywhere text-second">{seen === "" ? <Nothing /> : sentence(seen.charAt(0).toUpperCase() + seen.slice(1))}</Cell>
      <Cell className="text-second">{tenant == null ? "nobody" : madeUp ? "made up" : <span className="wire">{tenant}</span>}</Cell>
    </tr>
  );
}

const Nothing = () => <span className="text-third"><span aria-hidden>–</span><span className="sr-only">none</span></span>;
