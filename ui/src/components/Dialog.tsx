import { Dialog as Radix } from "radix-ui";
import { useEffect, useState, type KeyboardEvent, type ReactNode } from "react";
import { classes } from "./classes";
import { IconButton } from "./Button";
import { CloseIcon } from "./icons";

/** Where the focus goes from the dialog that is shown now. */
let waysOfShown: readonly HTMLElement[] = [];

/**
 * Where the focus was: what opened the dialog, and what that stood in, for when it is gone by the end. A menu's item goes at once,
 * and its button stays. A dialog that another gives way to goes back to where that one would.
 */
function whereFocusWas(): readonly HTMLElement[] {
  const opener = document.activeElement;
  const button = opener?.closest("[role=menu]")?.getAttribute("aria-labelledby") ?? "";
  const ways = [opener, document.getElementById(button), opener?.parentElement?.closest("[tabindex]")];
  return [...ways.filter((one): one is HTMLElement => one instanceof HTMLElement && one !== document.body), ...waysOfShown];
}

/**
 * A question or a form over the window. Focus goes in, Escape and the cross go out, focus comes back. What was typed is not thrown away
 * by one Escape, nor by a click beside it.
 */
export function Dialog({ title, description, children, footer, onClose, onEscape, onKeyDown, keepsNothing = false, width = 440 }: {
  title: string; description?: ReactNode; children?: ReactNode; footer?: ReactNode; onClose: () => void; width?: number;
  /** Says whether something inside took the key for itself, such as a form that it leaves. */
  onEscape?: () => boolean;
  onKeyDown?: (event: KeyboardEvent) => void;
  /** Nothing that is typed inside is to be saved: it is a question, not a form. */
  keepsNothing?: boolean;
}) {
  const [scrolled, setScrolled] = useState(false);
  const [typed, setTyped] = useState<"nothing" | "something" | "warned">("nothing");
  const warn = (event: Event) => {
    event.preventDefault();
    setTyped("warned");
  };
  const [ways] = useState(whereFocusWas);
  useEffect(() => {
    waysOfShown = ways;
    return () => {
      if (waysOfShown === ways) waysOfShown = [];
    };
  }, [ways]);
  return (
    <Radix.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40" style={{ background: "var(--td-scrim)" }} />
        <Radix.Content
          className="rise fixed top-[14vh] left-1/2 z-50 flex max-h-[calc(86vh-24px)] max-w-[calc(100vw-32px)] -translate-x-1/2 flex-col rounded-[12px] border border-line bg-panel shadow-float outline-none [@media(max-height:760px)]:top-[5vh] [@media(max-height:760px)]:max-h-[calc(95vh-24px)]"
          style={{ width }}
          onOpenAutoFocus={(event) => {
            // Nothing inside asked for the focus: the dialog takes it, not its cross.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault(); // it would look for a trigger, and there is none
            const isLost = document.activeElement === null || document.activeElement === document.body;
            if (isLost) ways.find(({ isConnected }) => isConnected)?.focus({ preventScroll: true });
          }}
          onEscapeKeyDown={(event) => {
            if (onEscape?.()) event.preventDefault();
            else if (typed === "something") warn(event);
          }}
          onInteractOutside={(event) => {
            if (typed !== "nothing") warn(event);
          }}
          onInput={({ currentTarget, target }) => {
            // A list that opens from it has a field of its own.
            if (!keepsNothing && target instanceof Node && currentTarget.contains(target)) setTyped("something");
          }}
          {...(onKeyDown && { onKeyDown })}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <div className="flex items-start gap-3 px-4 pt-3.5 pb-1.5">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-title font-name">{title}</Radix.Title>
              {description === undefined ? null : (
                <Radix.Description className="mt-1 text-second">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close"><CloseIcon /></IconButton>
            </Radix.Close>
          </div>
          {children === undefined ? <div className="h-2.5" /> : (
            <div
              className={classes("min-h-0 flex-1 overflow-y-auto border-t px-4 py-3", scrolled ? "border-line" : "border-transparent")}
              onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop > 0)}
            >
              {children}
            </div>
          )}
          {typed === "warned" ? <p role="status" className="px-4 pb-3 text-warn">What you typed is not saved. Escape once more throws it away.</p> : null}
          {footer === undefined ? null : (
            <div className="flex items-center justify-end gap-2 border-t border-line px-4 py-3">{footer}</div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
