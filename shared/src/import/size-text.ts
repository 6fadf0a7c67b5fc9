/** Sizes as other systems write them: Kubernetes' for processors, go-humanize's for bytes. */

/** `500m`, `0.5` or `2` as a number of cores; null for what is none. */
export function readCpuText(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)(m?)$/.exec(bare(text));
  if (match === null) return null;
  const [, digits, milli] = match;
  const value = Number(digits) / (milli === 'm' ? 1_000 : 1);
  return value > 0 ? value : null;
}

const units: Record<string, number> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  ki: 1024,
  kib: 1024,
  m: 1e6,
  mb: 1e6,
  mi: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1e9,
  gb: 1e9,
  gi: 1024 ** 3,
  gib: 1024 ** 3,
  t: 1e12,
  tb: 1e12,
  ti: 1024 ** 4,
  tib: 1024 ** 4,
};

/** `512Mb` (10⁶), `1GiB` (2³⁰) or `1000` as bytes; null for what is no size, or none above 0. */
export function readBytesText(text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)([a-z]{0,3})$/.exec(bare(text));
  if (match === null) return null;
  const [, digits, unit = ''] = match;
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (factor === undefined) return null;
  const bytes = Math.round(Number(digits) * factor);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}

function bare(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, '');
}
