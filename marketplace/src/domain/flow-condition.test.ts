import type { ConditionOp } from '@node3/shared/flow-graph';
import { expect, it, vi } from 'vitest';
import { holds } from './flow-condition.ts';

it.each<[unknown, ConditionOp, unknown, boolean]>([
  [1, 'eq', 1, true],
  [1, 'eq', '1', false],
  [{ a: [1] }, 'eq', { a: [1] }, true],
  [{ a: [1] }, 'eq', { a: [1, 2] }, false],
  [[], 'eq', {}, false],
  [null, 'eq', {}, false],
  ['a', 'ne', 'b', true],
  [1, 'lt', 2, true],
  [2, 'lte', 2, true],
  ['b', 'gt', 'a', true],
  [2, 'gte', '1', false],
  ['hello', 'contains', 'ell', true],
  [[1, { a: 1 }], 'contains', { a: 1 }, true],
  [{ key: 1 }, 'contains', 'key', true],
  [{ key: 1 }, 'contains', 'toString', false],
  [{ a: 1, b: 2 }, 'eq', { b: 2, a: 1 }, true],
  [{ toString: 1 }, 'contains', { toString: 1 }, false],
  [null, 'exists', undefined, false],
  [false, 'exists', undefined, true],
])('%j %s %j: %s', (left, op, right, expected) => {
  expect(holds({ left, op, right })).toBe(expected);
  expect(holds({ not: { left, op, right } })).toBe(!expected);
  const no = { left: 1, op: 'eq' as const, right: 2 };
  expect(holds({ any: [no, { left, op, right }] })).toBe(expected);
  expect(holds({ all: [{ not: no }, { left, op, right }] })).toBe(expected);
});

it('looks at a large value once, whatever it is compared with', () => {
  const right = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, n]));
  const keys = vi.fn(() => Object.keys(right));
  const watched = new Proxy(right, { ownKeys: () => keys() });
  const left = Array.from({ length: 100 }, () => ({}));
  expect(holds({ left, op: 'contains', right: watched })).toBe(false);
  expect(keys.mock.calls.length).toBeLessThan(5);
});
