import { expect, it } from 'vitest';
import { isMaintenance } from './maintenance.ts';

it.each([
  ['2026-12-01T22:00/2026-12-02T06:00', true],
  ['2026-12-01T22:00/2026-12-01T22:01', true],
  ['2026-12-01T22:00/2026-12-01T22:00', false],
  ['2026-12-02T06:00/2026-12-01T22:00', false],
  ['2026-02-30T06:00/2026-03-05T22:00', false],
  ['2026-02-27T06:00/2026-02-29T22:00', false],
  ['2028-02-27T06:00/2028-02-29T22:00', true],
  ['2026-12-01T22:00', false],
])('%s is a time of maintenance: %s', (text, expected) => {
  expect(isMaintenance(text)).toBe(expected);
});
