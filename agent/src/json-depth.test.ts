import { describe, expect, it } from 'vitest';
import { isTooDeep, jsonDepthMax } from './json-depth.ts';

function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

describe('isTooDeep', () => {
  it('lets ordinary values pass', () => {
    for (const value of [null, 1, 'x', [], {}, { a: [{ b: null }] }, nested(jsonDepthMax)]) {
      expect(isTooDeep(value)).toBe(false);
    }
  });

  it('finds depth in arrays and in objects, however deep', () => {
    expect(isTooDeep(nested(jsonDepthMax + 2))).toBe(true);
    expect(isTooDeep({ a: 1, b: { c: nested(500_000) } })).toBe(true);
    expect(isTooDeep(JSON.parse('{"a":'.repeat(9_000) + '1' + '}'.repeat(9_000)))).toBe(true);
  });
});
