import { expect, it } from 'vitest';
import { changesSince } from './attempt-changes.ts';

const first = {
  agentId: 'agt_1',
  deviceIds: ['gpu-0'],
  ratePerGpuHour: { amount: '1', asset: 'SOL' as const },
  imageDigest: 'sha256:1',
  isolation: null,
};

it('names what was another one than in the attempt before', () => {
  expect(changesSince(first, first)).toEqual([]);
  expect(changesSince(first, { ...first, deviceIds: ['gpu-1'] })).toEqual(['device']);
  const other = { ...first, agentId: 'agt_2', deviceIds: ['gpu-9'], isolation: 'docker' };
  expect(changesSince(first, other)).toEqual(['agent']);
  const dearer = { amount: '2', asset: 'SOL' as const };
  expect(changesSince(first, { ...first, ratePerGpuHour: dearer, imageDigest: null })).toEqual([
    'rate',
  ]);
});
