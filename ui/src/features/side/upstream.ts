/** Where a preview's requests go, as short as it can be said: a local port, else the host. */
export function upstreamShort(upstream: string): string {
  const local = /^http(s?):\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?/i.exec(upstream);
  if (!local) return upstream.replace(/^https?:\/\//, "").replace(/\/$/, "");
  return `:${local[2] ?? (local[1] ? "443" : "80")}`;
}
