import { describe, expect, it } from 'vitest';
import { compareValues, readSort, writeSort } from './table-sort.ts';

describe('sort order in an address', () => {
  it('comes back as it was written, and is dropped where it names no column', () => {
    const columns = ['name', 'seen'];
    for (const direction of ['ascending', 'descending'] as const) {
      const sort = { column: 'seen', direction };
      expect(readSort(writeSort(sort), columns)).toEqual(sort);
    }
    expect(readSort('wallet', columns)).toBeNull();
    expect(readSort(['name'], columns)).toBeNull();
  });
});

describe('compareValues', () => {
  it('orders numbers by value, whole ones of any size, and text with its numbers', () => {
    expect([10, 9, -1].toSorted(compareValues)).toEqual([-1, 9, 10]);
    expect(compareValues(2n ** 70n, 2n ** 70n + 1n)).toBe(-1);
    expect(['gpu-10', 'GPU-9', 'cpu'].toSorted(compareValues)).toEqual(['cpu', 'GPU-9', 'gpu-10']);
  });
});
