import { Menu, MenuItem, MenuLabel } from "@/components";
import { copyText } from "@/state/operations";
import { count } from "../trace/format";

/** Errors that the page itself threw, newest first; choosing one copies it. */
export function ErrorMenu({ errors }: { errors: readonly string[] }) {
  return (
    <Menu
      label="Errors of the page"
      align="end"
      width={300}
      trigger={
        <button type="button" className="wire shrink-0 rounded-[5px] px-1 text-bad hover:bg-raised" title="Errors that the page threw">
          {errors.length}
          <span className="@max-[430px]:sr-only"> {errors.length === 1 ? "error" : "errors"}</span>
          <span aria-hidden className="hidden @max-[430px]:inline">×</span>
        </button>
      }
    >
      <MenuLabel>{count(errors.length, "error")} thrown by the page. Choose one to copy it.</MenuLabel>
      {errors.toReversed().map((message, at) => (
        <MenuItem key={errors.length - at} onSelect={() => void copyText(message, "the error")}>
          <span className="wire" title={message}>{message}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}
