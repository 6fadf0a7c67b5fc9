import { normalisePciAddress } from '../pci-address.ts';

/**
 * One cell of nvidia-smi. `value` is `null` when the tool has none; `fault` is set when the cell
 * says that the card itself is broken, which is more than a missing number.
 */
export interface SmiValue {
  value: string | null;
  fault: 'lost' | 'requires-reset' | null;
  /** The tool says the card has no such reading at all, rather than that reading it failed. */
  unsupported: boolean;
}

/** Besides these, whatever stands in square brackets is a message of the driver and no value. */
const absent = new Set([
  '',
  '-',
  'err!',
  'error',
  'function not found',
  'insufficient permissions',
  'no data',
  'none',
  'not found',
  'requested functionality has been deprecated',
  'timeout',
  'undefined',
  'uninitialized',
  'unknown',
  'unknown error',
]);
const unsupported = new Set(['n/a', 'not supported', 'not available']);

/** Reads the many spellings of "no value": bare or in square brackets, in any case. */
export function readSmiValue(raw: string | undefined): SmiValue {
  const text = (raw ?? '').trim();
  const word = text
    .replace(/^\[(.*)\]$/, '$1')
    .trim()
    .toLowerCase();
  if (word === 'gpu is lost') return { value: null, fault: 'lost', unsupported: false };
  if (word === 'gpu requires reset') {
    return { value: null, fault: 'requires-reset', unsupported: false };
  }
  if (unsupported.has(word)) return { value: null, fault: null, unsupported: true };
  if (absent.has(word) || /^\[.*\]$/.test(text))
    return { value: null, fault: null, unsupported: false };
  return { value: text, fault: null, unsupported: false };
}

export function readSmiText(raw: string | undefined): string | null {
  return readSmiValue(raw).value;
}

/**
 * @returns the number of a cell such as `81559`, `81559 MiB`, `67.03 W` or `16x`; otherwise `null`.
 * Windows has been seen to write `67,03`: one or two digits behind a comma are a fraction.
 */
export function readSmiNumber(raw: string | undefined): number | null {
  const match = /^(-?\d+(?:[.,]\d+)?)(?:\s*(?:MiB|MB|W|C|%|MHz|KB\/s|x))?$/.exec(
    readSmiText(raw) ?? '',
  );
  const digits = match?.[1];
  if (digits === undefined || /,\d{3,}$/.test(digits)) return null;
  return Number(digits.replace(',', '.'));
}

/** @returns the version at the start; driver 610 appends a sentence about deprecation. */
export function readSmiVersion(raw: string | undefined): string | null {
  return /^\d+(?:\.\d+)+/.exec(readSmiText(raw) ?? '')?.[0] ?? null;
}

export function readSmiPciAddress(raw: string | undefined): string | null {
  return normalisePciAddress(readSmiText(raw) ?? '');
}

/** @returns `10de:20b2` for nvidia-smi's `0x20B210DE`, which has the vendor in its lower half. */
export function readPciModel(raw: string | undefined): string | null {
  const match = /^(?:0x)?([0-9a-f]{4})([0-9a-f]{4})$/i.exec(readSmiText(raw) ?? '');
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return `${match[2]}:${match[1]}`.toLowerCase();
}
