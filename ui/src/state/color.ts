/** sRGB hex to OKLCH and back, and the one thing we need it for: a tenant's colour that can be read as text. */
type Rgb = [number, number, number];

const toLinear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const toGamma = (c: number) => (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

export function parseHex(hex: string): Rgb {
  const digits = /^#([0-9a-f]{6})$/i.exec(hex)?.[1] ?? "888888";
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16) / 255) as Rgb;
}

const formatHex = (rgb: Rgb) =>
  `#${rgb.map((c) => Math.round(Math.min(1, Math.max(0, c)) * 255).toString(16).padStart(2, "0")).join("")}`;

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map(toLinear) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast of two hex colours. */
export function contrast(a: string, b: string): number {
  const [la, lb] = [luminance(parseHex(a)), luminance(parseHex(b))];
  return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
}

function toOklch(rgb: Rgb): [number, number, number] {
  const [r, g, b] = rgb.map(toLinear) as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const L = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  const A = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const B = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [L, Math.hypot(A, B), Math.atan2(B, A)];
}

function fromOklch([L, C, h]: [number, number, number]): Rgb {
  const A = C * Math.cos(h);
  const B = C * Math.sin(h);
  const l = (L + 0.3963377774 * A + 0.2158037573 * B) ** 3;
  const m = (L - 0.1055613458 * A - 0.0638541728 * B) ** 3;
  const s = (L - 0.0894841775 * A - 1.291485548 * B) ** 3;
  return [
    toGamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toGamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toGamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** The colour whose hue is kept and whose lightness is moved until it stands out from the background. Chroma gives way only where sRGB ends. */
export function readable(hex: string, background: string, ratio = 4.5): string {
  if (contrast(hex, background) >= ratio) return hex;
  const [lightness, chroma, hue] = toOklch(parseHex(hex));
  const towards = luminance(parseHex(background)) < 0.18 ? 1 : -1;
  for (let L = lightness; L >= 0 && L <= 1; L += towards * 0.01) {
    let C = chroma;
    let rgb = fromOklch([L, C, hue]);
    while (C > 0 && rgb.some((c) => c < -0.001 || c > 1.001)) {
      C = Math.max(0, C - 0.01);
      rgb = fromOklch([L, C, hue]);
    }
    const candidate = formatHex(rgb);
    if (contrast(candidate, background) >= ratio) return candidate;
  }
  return towards > 0 ? "#ffffff" : "#000000";
}

/** Mixes two hex colours in sRGB; `share` of the first. */
export function mix(a: string, b: string, share: number): string {
  const [x, y] = [parseHex(a), parseHex(b)];
  return formatHex([0, 1, 2].map((i) => (x[i] ?? 0) * share + (y[i] ?? 0) * (1 - share)) as Rgb);
}

/** What new tenants are coloured with, apart enough to be told from each other in both themes. */
export const palette = [
  "#e5484d", "#0090ff", "#12a594", "#f76b15", "#8e4ec6", "#ad7f58", "#46a758", "#d6409f", "#3e63dd", "#ffc53d", "#00a2c7", "#978365",
] as const;
