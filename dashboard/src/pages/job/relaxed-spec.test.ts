import { expect, it } from 'vitest';
import { patchFor } from './relaxed-spec.ts';

it('writes one change as a merge patch', () => {
  expect(patchFor({ pointer: '/resources/gpus/memoryBytesMin', value: 8 })).toEqual({
    resources: { gpus: { memoryBytesMin: 8 } },
  });
  expect(patchFor({ pointer: '/placement/labels/a~1b', value: null })).toEqual({
    placement: { labels: { 'a/b': null } },
  });
  expect(patchFor({ pointer: '/placement/regions/0', value: 'eu' })).toBeNull();
  expect(patchFor({ pointer: '', value: null })).toBeNull();
});
