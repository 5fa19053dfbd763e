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
        <button type="button" className="wire inline-flex h-6 shrink-0 items-center gap-1 rounded-[5px] px-1 text-bad hover:bg-raised" title="Errors that the page threw">
          <ErrorIcon />
          {errors.length}
          <span className="@max-[430px]:sr-only"> {errors.length === 1 ? "error" : "errors"}</span>
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

const ErrorIcon = () => (
  <svg width={12} height={12} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={1.6} strokeLinecap="round" aria-hidden>
    <circle cx="8" cy="8" r="5.6" />
    <path d="m6.2 6.2 3.6 3.6M9.8 6.2 6.2 9.8" />
  </svg>
);
