import { Tooltip as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

export const TooltipRoom = ({ children }: { children: ReactNode }) => (
  <Radix.Provider delayDuration={350} skipDelayDuration={200}>{children}</Radix.Provider>
);

/** Says more about what is under the pointer or in focus. */
export function Tooltip({ content, children, side = "bottom" }: {
  content: ReactNode; children: ReactElement; side?: "top" | "right" | "bottom" | "left";
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="rise z-70 max-w-80 rounded-control border border-line bg-panel px-2.5 py-1.5 text-cap text-text shadow-float"
        >
          {content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
