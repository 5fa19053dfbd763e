import { create } from "zustand";
import { Button, classes, inputClasses, Menu, MenuItem, MiddleEllipsis, Said } from "@/components";
import { ChevronIcon, CopyIcon, PlayIcon, ReloadIcon, StopIcon } from "@/components/icons";
import { copyText } from "@/state/operations";
import { canStart, canStop, restartServer, serverWords, startServer, stageOf, stopServer } from "@/state/serving";
import { useLog } from "@/state/log";
import { PreviewDot } from "../side/PreviewDot";
import { titleOf } from "../side/previewState";
import { count } from "../trace/format";
import { showLog } from "../trace/view";
import { asText } from "./rows";
import { useLogged } from "./useLogged";

/** What is searched for in the log. */
export const useLogQuery = create<{ query: string }>()(() => ({ query: "" }));

/** Whose log it is, how its server is doing, and what can be done with both. */
export function LogBar() {
  const { preview, others } = useLogged();
  const { query } = useLogQuery();
  const any = useLog(({ log }) => log.lines.length > 0);
  if (preview === null) return null;
  const { name, server } = preview;
  const choices = others.some((one) => one.name === name) ? others : [preview, ...others];
  const stage = server ? stageOf(server) : "off";
  const copyAll = () => {
    const { lines } = useLog.getState().log;
    void copyText(asText(lines), count(lines.length, "line"));
  };
  return (
    <>
      <Menu
        label="Whose log" width={260}
        trigger={
          <Button look="quiet" className="max-w-[260px] min-w-0 shrink! px-2 text-text" aria-label={`Log of ${name}`}>
            <PreviewDot preview={preview} />
            <span className="wire flex min-w-0"><MiddleEllipsis text={titleOf(preview)} tail={8} /></span>
            <span className="text-third"><ChevronIcon size={12} /></span>
          </Button>
        }
      >
        {choices.map((one) => (
          <MenuItem key={one.name} before={<PreviewDot preview={one} />} detail={one.server ? serverWords(one.server) : undefined} onSelect={() => showLog(one.name)}>{titleOf(one)}</MenuItem>
        ))}
      </Menu>
      {server ? (
        <span className={classes("mr-1.5 min-w-0 shrink truncate text-cap @max-[620px]:hidden", stage === "broken" ? "text-bad" : stage === "underway" || stage === "ending" ? "text-warn" : "text-third")} role="status" title={server.message ?? undefined}>
          {stage === "broken" && server.message !== null ? <Said text={server.message} /> : serverWords(server)}{server.port === null ? "" : <span className="wire !text-cap"> :{server.port}</span>}
        </span>
      ) : null}
      <input
        type="search" aria-label="Search the log" placeholder="Search the log" spellCheck={false} autoComplete="off" value={query}
        className={classes(inputClasses, "wire h-7! flex-1 basis-24 [&::-webkit-search-cancel-button]:hidden")}
        onChange={(event) => useLogQuery.setState({ query: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === "Escape") useLogQuery.setState({ query: "" });
        }}
      />
      <Button look="quiet" className="px-2" disabledReason={any ? null : "There is nothing to copy"} title="Copy all of it" onClick={copyAll}><CopyIcon /><span className="@max-[760px]:sr-only">Copy all</span></Button>
      {canStop(preview) ? (
        <>
          <Button look="quiet" className="px-2" title={`Restart ${name}`} onClick={() => void restartServer(name)}><ReloadIcon /><span className="@max-[760px]:sr-only">Restart</span></Button>
          <Button look="quiet" className="px-2" title={`Stop ${name}`} onClick={() => void stopServer(name)}><StopIcon /><span className="@max-[760px]:sr-only">Stop</span></Button>
        </>
      ) : null}
      {canStart(preview) ? <Button look="quiet" className="px-2 text-text" title={`Start ${name}`} onClick={() => void startServer(name)}><PlayIcon />{stage === "broken" ? "Restart" : "Start"}</Button> : null}
    </>
  );
}
