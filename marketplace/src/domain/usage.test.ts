import { baseUnits } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import type { UsageSum } from '../store/usage-store.ts';
import { groupUsage } from './usage.ts';

function sum(overrides: Partial<UsageSum>): UsageSum {
  const usual = {
    accountId: 'acc-a',
    day: 1,
    apiKeyId: 'key-a',
    asset: 'USDC' as const,
    gpus: ['h100', 'h100'],
    labelValue: null,
  };
  return { ...usual, jobs: 1, runMs: 1_500, charged: baseUnits(7n), ...overrides };
}

describe('groupUsage', () => {
  it('tells customers apart where that is asked for', () => {
    const both = [sum({}), sum({ accountId: 'acc-b' }), sum({})];
    const lines = groupUsage(both, ['account']);
    expect(lines.map(({ accountId, jobs }) => [accountId, jobs])).toEqual([
      ['acc-a', 2],
      ['acc-b', 1],
    ]);
    expect(groupUsage(both, ['day'])).toMatchObject([{ accountId: null, jobs: 3 }]);
  });

  const sums = [
    sum({ day: 2, charged: baseUnits(2n ** 60n) }),
    sum({ day: 2, charged: baseUnits(2n ** 60n + 1n), apiKeyId: 'key-b' }),
    sum({ gpus: [] }),
    sum({ asset: 'SOL', gpus: [null] }),
    sum({ apiKeyId: null }),
  ];

  it('tells apart by the value of a label, and an empty one from none', () => {
    const labelled = ['b', '', null, 'b'].map((labelValue) => sum({ labelValue }));
    const lines = groupUsage(labelled, ['label']).map(({ label, jobs }) => [label, jobs]);
    expect(lines).toEqual([
      [null, 1],
      ['', 1],
      ['b', 2],
    ]);
    expect(groupUsage(labelled, ['key'])).toMatchObject([{ label: null, jobs: 4 }]);
  });

  it('adds what is not told apart, exactly, and never one asset to another', () => {
    const lines = groupUsage(sums, ['day']);
    expect(lines.map(({ day, asset, jobs }) => [day, asset, jobs])).toEqual([
      [1, 'SOL', 1],
      [1, 'USDC', 2],
      [2, 'USDC', 2],
    ]);
    expect(lines[2]).toMatchObject({ keyId: null, gpu: null, charged: 2n ** 61n + 1n });
    expect(lines.map(({ gpuMs }) => gpuMs)).toEqual([1_500, 3_000, 6_000]);
    expect(groupUsage([], ['day'])).toEqual([]);
  });

  it('tells apart by key and by the first GPU', () => {
    const keys = groupUsage(sums, ['key']).map(({ keyId, asset, jobs }) => [keyId, asset, jobs]);
    expect(keys).toEqual([
      [null, 'USDC', 1],
      ['key-a', 'SOL', 1],
      ['key-a', 'USDC', 2],
      ['key-b', 'USDC', 1],
    ]);
    const gpus = groupUsage(sums, ['gpu']).map(({ gpu, asset, gpuMs }) => [gpu, asset, gpuMs]);
    expect(gpus).toEqual([
      [null, 'SOL', 1_500],
      [null, 'USDC', 0],
      ['h100', 'USDC', 9_000],
    ]);
  });
});
