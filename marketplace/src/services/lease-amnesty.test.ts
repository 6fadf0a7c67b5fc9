import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionRow } from '../store/rows.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { fenceOf, World } from '../store/testing/world.ts';
import { GpuProofNotices } from './gpu-proof-notices.ts';
import { heartbeatAgent } from './heartbeat-agent.ts';
import { LeaseAmnesty } from './lease-amnesty.ts';
import { Presence } from './presence.ts';

const { leaseMs } = limits;
const outageMs = leaseMs + 60_000;

let clock: ManualClock;
let store: Store;
let world: World;
let isFull: boolean;
let amnesty: LeaseAmnesty;
let running: ExecutionRow;

beforeEach(async () => {
  store = openSqliteStore({
    path: ':memory:',
    log: silentLogger,
    onFatal(error) {
      throw error;
    },
  });
  world = new World(store);
  clock = new ManualClock(world.nowMs);
  isFull = false;
  amnesty = new LeaseAmnesty({ store: fullStore(), clock, log: silentLogger }, new Map());
  running = await run();
});
afterEach(() => store.close());

async function run(): Promise<ExecutionRow> {
  const execution = await world.lease(await world.openAccount(), await world.registerAgent());
  await world.start(execution);
  return execution;
}

/** Refuses what renews or gives back while the disk is full. */
function fullStore() {
  const unlessFull = <T>(write: () => Promise<T>) =>
    isFull ? Promise.reject(new MarketError('STORAGE_FULL')) : write();
  return {
    renewLeases: (...args: Parameters<Store['renewLeases']>) =>
      unlessFull(() => store.renewLeases(...args)),
    giveLeasesBack: (...args: Parameters<Store['giveLeasesBack']>) =>
      unlessFull(() => store.giveLeasesBack(...args)),
    unsupervisedSince: (executionId: string) => store.unsupervisedSince(executionId),
    gpuProofs: () => Promise.reject(new Error('nobody is challenged here')),
  };
}

function heartbeat({ agentId, executionId, attempt, leaseHash }: ExecutionRow) {
  const deps = {
    store: fullStore(),
    clock,
    leases: { hash: (token: string) => token, token: () => '' },
    homes: { speak: () => null },
    gpuProofs: new GpuProofNotices(),
    presence: new Presence(clock),
    measures: { heartbeat: () => undefined },
    leaseAmnesty: amnesty,
    usageBook: { note: () => undefined },
  };
  const executions = [{ executionId, attempt, leaseToken: leaseHash }];
  const agent = { agentId, wallet: 'w', name: 'rig' };
  return heartbeatAgent(deps, agent, { instanceId: 'i-1', executions, samples: [] });
}

const leaseEnd = async ({ executionId }: ExecutionRow) =>
  (await store.execution(executionId))?.leaseUntilMs;
const lostAt = ({ executionId, agentId }: ExecutionRow) =>
  amnesty.unsupervisedSince(executionId, agentId);

describe('LeaseAmnesty', () => {
  it('gives leases back the time in which they could not be renewed, and nobody else', async () => {
    const silent = await run();
    isFull = true;
    await expect(heartbeat(running)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    clock.advance(outageMs);
    await expect(amnesty.grant(null)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    isFull = false;
    await amnesty.grant(null);
    expect(await leaseEnd(running)).toBe(running.leaseUntilMs + outageMs);
    expect(await leaseEnd(silent)).toBe(silent.leaseUntilMs);
    expect(await lostAt(running)).toBe(running.leaseUntilMs);
    expect(await lostAt(silent)).toBeNull();
    expect(amnesty.grant(null)).toBeNull();
  });

  it('does so before the next renewal, which would hide that the lease had run out', async () => {
    isFull = true;
    await expect(heartbeat(running)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    clock.advance(outageMs);
    isFull = false;
    await heartbeat(running);
    expect(await lostAt(running)).toBe(running.leaseUntilMs);
  });

  it('does so before it is asked who lost a lease, and answers nothing while it can not', async () => {
    isFull = true;
    await expect(heartbeat(running)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    clock.advance(outageMs);
    await expect(lostAt(running)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    isFull = false;
    expect(await lostAt(running)).toBe(running.leaseUntilMs);
  });

  it('gives one that went silent meanwhile no more than the outage, however often others fail', async () => {
    const other = await run();
    isFull = true;
    await expect(heartbeat(running)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    clock.advance(1_000);
    isFull = false;
    await amnesty.grant(null);
    for (let failures = 0; failures < 5; failures += 1) {
      isFull = true;
      await expect(heartbeat(other)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      clock.advance(limits.heartbeatMs);
      isFull = false;
      await heartbeat(other);
    }
    expect(await leaseEnd(running)).toBe(running.leaseUntilMs + 1_000);
  });

  it('gives nothing for what is no trouble of the store', async () => {
    const { agentId } = running;
    amnesty.renewalFailed(new MarketError('LEASE_STALE'), agentId, [fenceOf(running)]);
    amnesty.renewalFailed(new Error('a fault of ours'), agentId, [fenceOf(running)]);
    expect(amnesty.grant(null)).toBeNull();
    expect(await lostAt(running)).toBeNull();
  });
});
