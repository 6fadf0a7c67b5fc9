import { describe, expect, it } from 'vitest';
import { pageCacheBytes } from './sqlite-pragmas.ts';

const mebibyte = 1024 ** 2;

describe('the page cache', () => {
  it.each([
    [64, 8],
    [256, 16],
    [1_024, 64],
    [65_536, 64],
  ])('of a process with %i MiB has %i', (memory, cache) => {
    expect(pageCacheBytes(memory * mebibyte)).toBe(cache * mebibyte);
  });
});
