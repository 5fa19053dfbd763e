import { Badge, classes } from "@/components";

const why = "Its certificate is not verified: whoever stands between can read and change everything. \"insecure\" in tripledash.json says so; \"ca\" would verify it.";

/** Said wherever a preview is shown whose upstream nobody verifies. */
export function Unverified({ plain = false, className }: { plain?: boolean; className?: string }) {
  return plain
    ? <span className={classes("shrink-0 text-bad", className)} title={why}>TLS not verified</span>
    : <Badge tone="bad" title={why} className={classes("shrink-0", className)}>TLS not verified</Badge>;
}
