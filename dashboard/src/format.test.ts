import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatDuration,
  formatMoney,
  formatPercent,
  formatRelative,
  formatRunTime,
  formatShortTime,
  formatTime,
  shorten,
  shownAssets,
} from './format.ts';

describe('formatMoney', () => {
  it('is exact, grouped, trimmed, and has its unit', () => {
    expect(formatMoney({ amount: '1234567.100000001', asset: 'SOL' }, 'en')).toBe(
      '1,234,567.100000001 SOL',
    );
    expect(formatMoney({ amount: '0.500000', asset: 'USDC' }, 'en')).toBe('0.5 USDC');
    expect(formatMoney({ amount: '20', asset: 'USDC' }, 'es')).toBe('20 USDC');
    expect(formatMoney({ amount: '9007199254740993.25', asset: 'USDC' }, 'es')).toBe(
      '9.007.199.254.740.993,25 USDC',
    );
  });
});

describe('shownAssets', () => {
  it('leaves out zero amounts, but never everything', () => {
    const SOL = { amount: '0', asset: 'SOL' } as const;
    const USDC = { amount: '1.5', asset: 'USDC' } as const;
    expect(shownAssets({ SOL, USDC })).toEqual([USDC]);
    expect(shownAssets({ SOL, USDC: { amount: '0', asset: 'USDC' } })).toEqual([SOL]);
  });
});

describe('formatRunTime', () => {
  it.each([
    [0, '< 1 ms'],
    [1, '1 ms'],
    [12_400, '12.4 s'],
  ])('writes %d ms as %s', (ms, expected) => {
    expect(formatRunTime(ms, 'en')).toBe(expected);
  });
});

describe('formatDuration', () => {
  it.each([
    [-5, '0 ms'],
    [850, '850 ms'],
    [12_400, '12.4 s'],
    [249_000, '4 m 09 s'],
    [7_500_000, '2 h 05 m'],
    [273_600_000, '3 d 04 h'],
  ])('%d ms is %s', (ms, expected) => {
    expect(formatDuration(ms, 'en')).toBe(expected);
  });
});

describe('formatRelative', () => {
  it('counts in the largest whole unit, and forgives a clock that is a little ahead', () => {
    expect(formatRelative(0, 185_000, 'en')).toBe('3 min. ago');
    expect(formatRelative(5_000, 0, 'en')).toBe('now');
    expect(formatRelative(1_800_000, 0, 'en')).toBe('in 30 min.');
  });
});

describe('formatBytes', () => {
  it('uses binary units', () => {
    expect(formatBytes(25_757_220_864, 'en')).toBe('24 GiB');
    expect(formatBytes(512, 'en')).toBe('512 B');
  });
});

it('writes shares with the space of other units', () => {
  expect(formatPercent(0.875, 'en')).toBe('87.5 %');
  expect(formatPercent(1, 'es')).toBe('100 %');
});

describe('shorten', () => {
  it('keeps both ends and leaves short texts alone', () => {
    expect(shorten('job_06BR2J0S7XW8Z3Q1T5M4N6P9KD')).toBe('job_06BR…P9KD');
    expect(shorten('short')).toBe('short');
  });
});

it('writes moments in UTC where that is wanted', () => {
  const atMs = Date.UTC(2026, 10, 26, 23, 5, 9);
  expect(formatTime(atMs, 'en', 'UTC')).toBe('Nov 26, 2026, 23:05:09 UTC');
  expect(formatClock(atMs, 'es', 'UTC')).toBe('23:05:09 UTC');
  expect(formatClock(Date.parse('2026-11-26T00:05:09Z'), 'en', 'UTC')).toBe('00:05:09 UTC');
  expect(formatShortTime(atMs, 'en', 'UTC')).toBe('11/26/26, 23:05:09 UTC');
});
