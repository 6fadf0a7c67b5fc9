import { MarketError } from '@node3/shared/error';
import type { ByteRange } from '../blobs/blob-store.ts';

export interface RangeHeaders {
  range: string | undefined;
  ifRange: string | undefined;
}

/**
 * The part that a request asks for, RFC 9110 §14. null is everything: no range, one that we may
 * ignore (several, or of an unknown unit), or one for another version. Throws RANGE_INVALID for one
 * that begins past the end.
 */
export function readByteRange(
  { range, ifRange }: RangeHeaders,
  { bytes, etag }: { bytes: number; etag: string },
): ByteRange | null {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return null;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range.trim());
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    if (length === 0) throw outside(bytes);
    return { start: bytes - length, end: bytes };
  }
  const start = Number(first);
  const end = last === '' ? bytes : Math.min(Number(last) + 1, bytes);
  if (last !== '' && Number(last) < start) return null;
  if (start >= bytes) throw outside(bytes);
  return { start, end };
}

function outside(bytes: number): MarketError {
  return new MarketError('RANGE_INVALID', { detail: `The artifact has ${bytes} bytes.`, bytes });
}
