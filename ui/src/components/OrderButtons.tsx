import { IconButton } from "./Button";
import { DownIcon, UpIcon } from "./icons";

/** Moves a row among its like. At an end the button keeps the focus: the next key must not go nowhere. */
export function OrderButtons({ called, at, count, words = ["up", "down"], onMove }: {
  called: string; at: number; count: number; words?: readonly [before: string, after: string]; onMove: (by: -1 | 1) => void;
}) {
  return (
    <>
      <IconButton label={`Move ${called} ${words[0]}`} data-act="up" disabledReason={at === 0 ? "It is the first" : null} onClick={() => onMove(-1)}><UpIcon size={12} /></IconButton>
      <IconButton label={`Move ${called} ${words[1]}`} data-act="down" disabledReason={at === count - 1 ? "It is the last" : null} onClick={() => onMove(1)}><DownIcon size={12} /></IconButton>
    </>
  );
}
