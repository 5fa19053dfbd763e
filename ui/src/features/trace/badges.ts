/** Diagnostics in the two or three words that fit a row. */
const SHORT: Record<string, string> = {
  "label-over-budget": "over budget",
  "tenant-unlisted": "unlisted",
  "tenant-ignored": "tenant ignored",
  "redirect-leaves-tenant": "leaves tenant",
  "asset-caught-by-rewrite": "asset caught",
  "cache-shared-across-tenants": "shared cache",
  "hmr-blocked": "HMR blocked",
  "rewrite-differs": "rewrite differs",
  "rewrite-external": "asks itself",
  "rule-gave-up": "rule gave up",
  "upstream-refused": "refused",
  "deployment-protection": "protected",
  "prefix-on-vercel-app": "vercel.app",
  "reserved-hyphens": "hyphens",
  "cookie-domain-dropped": "cookie domain",
};

export const shortName = (code: string): string => SHORT[code] ?? code.replaceAll("-", " ");
