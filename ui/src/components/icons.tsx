import type { ReactNode } from "react";

const icon = (children: ReactNode) =>
  function Icon({ size = 14 }: { size?: number }) {
    return (
      <svg
        width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={1.4}
        strokeLinecap="round" strokeLinejoin="round" aria-hidden className="shrink-0"
      >
        {children}
      </svg>
    );
  };

export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const ChevronIcon = icon(<path d="m4.5 6.5 3.5 3.5 3.5-3.5" />);
export const UpIcon = icon(<path d="M8 12.5v-9M4.5 7 8 3.5 11.5 7" />);
export const DownIcon = icon(<path d="M8 3.5v9M4.5 9 8 12.5 11.5 9" />);
export const PlusIcon = icon(<path d="M8 3.5v9M3.5 8h9" />);
export const EditIcon = icon(<path d="M3.2 12.8 4 9.9l6.3-6.3a1.3 1.3 0 0 1 1.9 0l.2.2a1.3 1.3 0 0 1 0 1.9L6.1 12l-2.9.8Z" />);
export const MoreIcon = icon(<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth={2} />);
export const CopyIcon = icon(<><rect x="5.5" y="5.5" width="7.5" height="7.5" rx="1.5" /><path d="M10.5 5.5V4.2A1.2 1.2 0 0 0 9.3 3H4.2A1.2 1.2 0 0 0 3 4.2v5.1a1.2 1.2 0 0 0 1.2 1.2h1.3" /></>);
export const OpenIcon = icon(<path d="M6 4h6v6M12 4l-7.5 7.5" />);
/** The world: an address that others can open. */
export const ShareIcon = icon(<><circle cx="8" cy="8" r="5.2" /><path d="M2.8 8h10.4M8 2.8c1.8 1.5 2.6 3.2 2.6 5.2S9.8 11.7 8 13.2C6.2 11.7 5.4 10 5.4 8S6.2 4.3 8 2.8Z" /></>);
export const SearchIcon = icon(<><circle cx="7" cy="7" r="3.8" /><path d="m10 10 3 3" /></>);
export const LockIcon = icon(<><rect x="3.5" y="7" width="9" height="6" rx="1.4" /><path d="M5.5 7V5.2a2.5 2.5 0 0 1 5 0V7" /></>);
export const UnlockIcon = icon(<><rect x="3.5" y="7" width="9" height="6" rx="1.4" /><path d="M5.5 7V5.2a2.5 2.5 0 0 1 4.8-1" /></>);
export const ReloadIcon = icon(<><path d="M12.6 6.5A5 5 0 1 0 13 8.8" /><path d="M13 3.5v3h-3" /></>);
export const BackIcon = icon(<path d="M12.5 8h-9M7 4.5 3.5 8 7 11.5" />);
export const FolderIcon = icon(<path d="M2.5 12V4.6c0-.6.4-1 1-1h2.8l1.4 1.6h4.8c.6 0 1 .4 1 1V12c0 .5-.4.9-1 .9h-9c-.6 0-1-.4-1-.9Z" />);
export const SunIcon = icon(<><circle cx="8" cy="8" r="2.6" /><path d="M8 2v1.2M8 12.8V14M2 8h1.2M12.8 8H14M3.8 3.8l.8.8M11.4 11.4l.8.8M3.8 12.2l.8-.8M11.4 4.6l.8-.8" /></>);
export const MoonIcon = icon(<path d="M12.8 9.6A5.2 5.2 0 0 1 6.4 3.2a5.2 5.2 0 1 0 6.4 6.4Z" />);
export const WindowIcon = icon(<><rect x="2.5" y="3.5" width="11" height="9" rx="1.5" /><path d="M2.5 6.2h11" /></>);
export const FocusIcon = icon(<path d="M9.5 3H13v3.5M13 3 9.3 6.7M6.5 13H3V9.5M3 13l3.7-3.7" />);
export const GridIcon = icon(<><rect x="2.8" y="3" width="4.4" height="10" rx="1.1" /><rect x="8.8" y="3" width="4.4" height="10" rx="1.1" /></>);
export const SyncIcon = icon(<path d="M3 6.2h8.5M9 3.5l2.7 2.7L9 8.9M13 9.8H4.5M7 7.1 4.3 9.8 7 12.5" />);
export const WarningIcon = icon(<><path d="M8 2.8 14 13H2L8 2.8Z" /><path d="M8 6.8v2.7M8 11.3h.01" /></>);
export const PlayIcon = icon(<path d="M5.5 3.8v8.4l6.6-4.2-6.6-4.2Z" />);
export const StopIcon = icon(<rect x="4.3" y="4.3" width="7.4" height="7.4" rx="1.4" />);
/** Lines of text: what a server prints. */
export const LogIcon = icon(<path d="M3 4.2h10M3 8h7M3 11.8h8.5" />);
