import { useEffect } from "react";

/**
 * A press inside a pane is the pane's alone; the page only sees that it lost the focus to a frame. Menus that close on a press
 * outside of them are told of one.
 */
export function useDismissOnPane(): void {
  useEffect(() => {
    const onBlur = () => {
      if (document.activeElement instanceof HTMLIFrameElement)
        document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, pointerType: "mouse" }));
    };
    window.addEventListener("blur", onBlur);
    return () => window.removeEventListener("blur", onBlur);
  }, []);
}
