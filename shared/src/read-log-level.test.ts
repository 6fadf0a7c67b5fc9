import { expect, it } from 'vitest';
import { readLogLevel } from './read-log-level.ts';

it.each([
  ['INFO', 'info'],
  ['WARNING', 'warn'],
  ['CRITICAL', 'fatal'],
  ['debug', 'debug'],
  ['', 'error'],
])('[12.04] takes LOG_LEVEL %j as the seed writes it', (value, level) => {
  expect(readLogLevel({ LOG_LEVEL: value }, 'error')).toBe(level);
});

it('names the levels where there is none of that name', () => {
  expect(() => readLogLevel({ LOG_LEVEL: 'loud' }, 'info')).toThrow(/LOG_LEVEL is "loud".*trace/);
});
