import { describe, expect, it } from 'vitest';
import { readByteRange } from './byte-range.ts';

const file = { bytes: 1_000, etag: '"abc"' };
const read = (range?: string, ifRange?: string) => readByteRange({ range, ifRange }, file);

describe('ranges', () => {
  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=0-499', 0, 500],
    ['bytes=500-', 500, 1_000],
    ['bytes=-500', 500, 1_000],
    ['bytes=-5000', 0, 1_000],
    ['bytes=999-5000', 999, 1_000],
  ])('%s', (range, start, end) => {
    expect(read(range)).toEqual({ start, end });
  });

  it.each([undefined, 'bytes=0-1,5-6', 'lines=1-2', 'bytes=-', 'bytes=5-3', 'bytes=a-b'])(
    '%s is everything',
    (range) => {
      expect(read(range)).toBeNull();
    },
  );

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('%s is outside', (range) => {
    expect(() => read(range)).toThrow('has 1000 bytes');
  });

  it('count only for the version that the caller has', () => {
    expect(read('bytes=0-9', '"abc"')).toEqual({ start: 0, end: 10 });
    expect(read('bytes=0-9', '"other"')).toBeNull();
    expect(read('bytes=0-9', 'W/"abc"')).toBeNull();
  });
});
