import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Matchmaker } from '../matching/matchmaker.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { cancel } from '../store/testing/decisions.ts';
import { waitingPosting } from '../store/testing/dependencies.ts';
import { World } from '../store/testing/world.ts';
import { AgentLinks } from './agent-links.ts';
import { CancelNotices } from './cancel-notices.ts';
import type { JobChangeDeps } from './change-job.ts';
import { settleDependencies } from './settle-dependencies.ts';
import { WorkBoard } from './work-board.ts';

let store: Store;
let world: World;
let deps: JobChangeDeps;

beforeEach(() => {
  const onFatal = (error: unknown) => {
    throw error;
  };
  store = openSqliteStore({ path: ':memory:', log: silentLogger, onFatal });
  world = new World(store);
  const clock = new ManualClock(world.nowMs);
  const lease = () => Promise.reject(new Error('there is no agent to lease to'));
  const work = new WorkBoard();
  deps = {
    store,
    clock,
    ids: world.ids,
    matchmaker: new Matchmaker({ clock, simulated: 'allowed', familiar: work.familiar, lease }),
    work,
    cancels: new CancelNotices(new AgentLinks()),
    holdbackMs: 0,
    unsupervisedSince: async () => null,
    wakePayouts: () => undefined,
    wakeDependencies: () => undefined,
  };
});
afterEach(() => {
  deps.matchmaker.stop();
  return store.close();
});

async function postAfter(accountId: string, jobId: string): Promise<string> {
  const after = [{ jobId, condition: 'succeeded' as const }];
  return (await store.postJob(waitingPosting(world, accountId, after))).job.jobId;
}

const stateOf = async (jobId: string) => (await store.job(jobId))?.state;

describe('settling dependencies', () => {
  it('does not keep one account waiting until the long chain of another has ended', async () => {
    const [first, second] = [await world.openAccount(), await world.openAccount()];
    const chain = [(await world.post(first)).jobId];
    while (chain.length < 10) chain.push(await postAfter(first, chain.at(-1) ?? ''));
    const needed = await world.post(second);
    const other = await postAfter(second, needed.jobId);
    await store.changeJob(chain[0] ?? '', cancel(world.nowMs));
    await store.changeJob(needed.jobId, cancel(world.nowMs));
    await settleDependencies(deps);
    expect(await stateOf(chain[1] ?? '')).toBe('failed');
    expect(await stateOf(chain[2] ?? '')).toBe('queued');
    expect(await stateOf(other)).toBe('failed');
    while ((await settleDependencies(deps)) > 0);
    expect(await stateOf(chain.at(-1) ?? '')).toBe('failed');
    expect(await store.endedDependencies(10)).toEqual([]);
    expect((await store.verifyLedger()).problems).toEqual([]);
  });
});
