import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../host-clock.ts';
import { ManualHostClock } from '../testing/manual-host-clock.ts';
import { LeaseClock } from './lease-clock.ts';

const leaseMs = 45_000;
const selfStopMs = leaseMs - limits.leaseSelfStopMs;

function setUp() {
  const clock = new ManualHostClock();
  return { clock, leases: new LeaseClock(clock) };
}

describe('LeaseClock', () => {
  it('counts from when the renewal was sent and not from its answer', () => {
    const { clock, leases } = setUp();
    const sentAt = instantOf(clock);
    clock.advance(8_000);
    leases.renew('a', sentAt, leaseMs);
    expect(leases.remainingMs('a')).toBe(selfStopMs - 8_000);
  });

  it('ends on the boot clock when the machine slept', () => {
    const { clock, leases } = setUp();
    leases.renew('a', instantOf(clock), leaseMs);
    clock.sleepMachine(selfStopMs - 1);
    expect(leases.isLive('a')).toBe(true);
    clock.sleepMachine(1);
    expect(leases.isLive('a')).toBe(false);
    expect(leases.expired()).toEqual(['a']);
  });

  it('ends on the monotonic clock when the boot clock runs slow', () => {
    const { clock, leases } = setUp();
    leases.renew('a', instantOf(clock), leaseMs);
    clock.advance(selfStopMs);
    clock.sleepMachine(-selfStopMs);
    expect(leases.isLive('a')).toBe(false);
  });

  it('is over for an execution it does not know', () => {
    expect(setUp().leases.isLive('nobody')).toBe(false);
  });

  it('goes on after a restart by the boot clock alone', () => {
    const { clock, leases } = setUp();
    leases.restore('a', clock.bootMs() + leaseMs);
    expect(leases.remainingMs('a')).toBe(selfStopMs);
    leases.forget('a');
    expect(leases.expired()).toEqual([]);
  });
});
