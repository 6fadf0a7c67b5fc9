import type { Offer } from '@node3/shared/device';
import { expect, it } from 'vitest';
import { findAlternatives } from './alternatives.ts';
import { sampleNeeds } from './testing/matching-samples.ts';

const mib = 1024 ** 2;

function impossibleJob() {
  return sampleNeeds({
    resources: { cpus: 256, memoryBytes: 4 * 1024 ** 4, diskBytes: 16 * 1024 ** 4 },
  });
}

function agentsOf(count: number, onLook: () => void) {
  return Array.from({ length: count }, (_, index) => {
    const offer: Offer = {
      devices: [],
      get isolation() {
        onLook();
        return 'container' as const;
      },
      nativeAllowed: false,
      arch: 'x64',
      cpus: 1 + index / 10,
      memoryBytes: (100 + index) * mib,
      diskBytes: (1_000 + index) * mib,
      slots: 1,
    };
    return {
      agentId: `agt_${index}`,
      wallet: 'wallet',
      offer,
      freeDeviceIds: new Set<string>(),
      freeSlots: 1,
    };
  });
}

it('looks at every agent a few times, however different they are', () => {
  let looks = 0;
  const agents = agentsOf(500, () => (looks += 1));
  expect(findAlternatives(impossibleJob(), agents, 'allowed')).toEqual([]);
  // Once for each halving of what 500 agents have of processors, of memory and of disk.
  expect(looks).toBeLessThan(500 * 3 * 10);
});

it('finds the nearest value that gives an agent at all', () => {
  const spec = impossibleJob();
  const { resources } = spec;
  const small = { ...spec, resources: { ...resources, memoryBytes: mib, diskBytes: mib } };
  expect(
    findAlternatives(
      small,
      agentsOf(500, () => {}),
      'allowed',
    ),
  ).toEqual([{ constraint: 'cpus', pointer: '/resources/cpus', value: 50.9, agents: 1 }]);
});
