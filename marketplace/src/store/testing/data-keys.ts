import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';

export function describeDataKeys(given: Given): void {
  describe('keys of sealed values', () => {
    it('are kept in their order, and may be wrapped again', async () => {
      const { store } = given;
      expect(await store.dataKeys()).toEqual([]);
      const first = { keyId: 'b', wrappedBy: 'old', wrapped: 'AAAA', createdAtMs: 1 };
      const second = { keyId: 'a', wrappedBy: 'old', wrapped: 'BBBB', createdAtMs: 2 };
      await store.addDataKey(first);
      await store.addDataKey(second);
      await store.addDataKey({ ...first, wrapped: 'ZZZZ' });
      const wrapping = { wrappedBy: 'new', wrapped: 'CCCC' };
      await store.rewrapDataKey('b', wrapping);
      const all = [{ ...first, ...wrapping }, second];
      expect(await store.dataKeys()).toEqual(all);
      expect(await (await given.reopen()).dataKeys()).toEqual(all);
    });
  });
}
