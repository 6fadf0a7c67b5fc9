import { describe, expect, it } from 'vitest';
import { binarySteps, stepsOf, timeLabels, valueLabels } from './axis-labels.ts';

/** Seconds of a moment by the clock of this machine, which the axis goes by. */
const at = (hour: number, minute = 0, second = 0) =>
  new Date(2026, 10, 27, hour, minute, second).getTime() / 1_000;

describe('what is written along the axes of a chart', () => {
  it('has seconds where the marks are less than a minute apart', () => {
    expect(timeLabels([at(9, 14), at(9, 14, 30), at(9, 15)], 'en', 'local')).toEqual([
      '09:14:00',
      '09:14:30',
      '09:15:00',
    ]);
    expect(timeLabels([at(9, 14), at(9, 15)], 'en', 'local')).toEqual(['09:14', '09:15']);
  });

  it('has the day at midnight, and at every mark where they are days', () => {
    expect(timeLabels([at(12), at(24), at(36), at(48)], 'en', 'local')).toEqual([
      '12:00',
      'Nov 28',
      '12:00',
      'Nov 29',
    ]);
    expect(timeLabels([at(0), at(24)], 'en', 'local')).toEqual(['Nov 27', 'Nov 28']);
  });

  it('goes by UTC for whoever wants that', () => {
    const midnight = Date.parse('2026-11-27T00:00:00Z') / 1_000;
    const marks = [midnight - 1_800, midnight, midnight + 1_800];
    expect(timeLabels(marks, 'en', 'UTC')).toEqual(['23:30', 'Nov 27', '00:30']);
  });

  it('has bytes in round binary units', () => {
    const mib = 1_048_576;
    expect(binarySteps).toContain(256 * mib);
    expect(stepsOf.counts.slice(0, 4)).toEqual([1, 2, 5, 10]);
    expect(stepsOf.counts.every(Number.isInteger)).toBe(true);
    const { durations } = stepsOf;
    expect(durations).toEqual(durations.toSorted((a, b) => a - b));
    expect(durations).toEqual(expect.arrayContaining([500, 15_000, 300_000, 86_400_000]));
    expect(durations).not.toContain(100_000);
    const marks = [0, 256 * mib, 1_280 * mib];
    const rounded = (value: number) => String(Math.round(value));
    expect(valueLabels(marks, rounded, 'en', true)).toEqual(['0 B', '256 MiB', '1.25 GiB']);
    expect(valueLabels([0, 0.5], String, 'en', undefined)).toEqual(['0', '0.5']);
  });
});
