/** How long after its last scroll a pane still leads. */
const LEAD_MS = 250;

/** One pane leads a scroll at a time, so that two that answer each other's position cannot fight. */
export class ScrollLead {
  #key: string | null = null;
  #at = 0;

  /** Whether this pane's scroll is to be followed now. */
  take(key: string, now: number): boolean {
    if (this.#key !== null && this.#key !== key && now - this.#at < LEAD_MS) return false;
    this.#key = key;
    this.#at = now;
    return true;
  }
}
