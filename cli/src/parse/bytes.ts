import { usageError } from '../command-error.ts';

const multipliers: Record<string, number> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  ki: 1024,
  kib: 1024,
  mi: 1024 ** 2,
  mib: 1024 ** 2,
  gi: 1024 ** 3,
  gib: 1024 ** 3,
  ti: 1024 ** 4,
  tib: 1024 ** 4,
};

/** Reads `2GB` (decimal), `2GiB` (binary) or plain bytes; null when it is not a size. */
export function readBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return null;
  const multiplier = multipliers[(match[2] ?? '').toLowerCase()];
  if (multiplier === undefined) return null;
  const bytes = Math.floor(Number(match[1]) * multiplier);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

export function parseBytes(option: string, text: string): number {
  const bytes = readBytes(text);
  if (bytes !== null) return bytes;
  throw usageError(
    `${option} is "${text}", which is not a size.`,
    'Write it as 512MB, 2GB or 2GiB.',
  );
}
