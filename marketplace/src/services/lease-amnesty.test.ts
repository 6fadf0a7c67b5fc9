import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionRow } from '../store/rows.ts';
import { LeaseAmnesty } from './lease-amnesty.ts';

let clock: ManualClock;
let live: Pick<ExecutionRow, 'executionId' | 'leaseUntilMs' | 'startedAtMs'>[];
let extendedBy: number[];
let isFull: boolean;
let amnesty: LeaseAmnesty;

beforeEach(() => {
  clock = new ManualClock();
  const nowMs = clock.nowMs();
  live = [{ executionId: 'exe_1', leaseUntilMs: nowMs + limits.leaseMs, startedAtMs: nowMs }];
  extendedBy = [];
  isFull = false;
  const store = {
    liveExecutions: async () => live as ExecutionRow[],
    async extendLeases(byMs: number) {
      if (isFull) throw new MarketError('STORAGE_FULL');
      extendedBy.push(byMs);
      return live.length;
    },
  };
  amnesty = new LeaseAmnesty({ store, clock, log: silentLogger }, new Map());
});

describe('LeaseAmnesty', () => {
  it('gives leases back the time in which nobody could renew, once the store takes it', async () => {
    amnesty.renewalFailed(new MarketError('STORAGE_FULL'));
    isFull = true;
    const endedAtMs = live[0]?.leaseUntilMs;
    clock.advance(limits.leaseMs + 60_000);
    await expect(amnesty.grant()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    isFull = false;
    await amnesty.grant();
    expect(extendedBy).toEqual([limits.leaseMs + 60_000]);
    expect(amnesty.unsupervisedSince('exe_1')).toBe(endedAtMs);
    await amnesty.grant();
    expect(extendedBy).toHaveLength(1);
  });

  it('gives nothing for what is no trouble of the store', async () => {
    amnesty.renewalFailed(new MarketError('LEASE_STALE'));
    amnesty.renewalFailed(new Error('a fault of ours'));
    clock.advance(limits.leaseMs);
    await amnesty.grant();
    expect(extendedBy).toEqual([]);
    expect(amnesty.unsupervisedSince('exe_1')).toBeNull();
  });
});
