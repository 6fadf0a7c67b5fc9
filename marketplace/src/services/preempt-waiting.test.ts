import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { toMoney } from '@node3/shared/money';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { World } from '../store/testing/world.ts';
import { testOffer } from '../testing/test-marketplace.ts';
import { type PreemptDeps, preemptWaiting } from './preempt-waiting.ts';
import { Presence } from './presence.ts';
import { ProviderRegistry } from './provider-registry.ts';
import { WaitingJobs } from './waiting-jobs.ts';
import { WorkBoard } from './work-board.ts';

it('looks at every agent in the end, however many run what earns more', async () => {
  const onFatal = (error: unknown) => {
    throw error;
  };
  const store = openSqliteStore({ path: ':memory:', log: silentLogger, onFatal });
  const world = new World(store);
  const clock = new ManualClock(world.nowMs);
  const presence = new Presence(clock);
  const providers = new ProviderRegistry();
  const work = new WorkBoard();
  const waiting = new WaitingJobs();
  const asked: string[] = [];
  const changeJob: PreemptDeps['store']['changeJob'] = async (jobId) => {
    asked.push(jobId);
    return null;
  };
  const accountId = await world.openAccount();
  async function post(reward: bigint, interruptible: boolean) {
    const posting = world.posting(accountId);
    const { spec } = posting.job;
    const price = { kind: 'fixed' as const, reward: toMoney(reward, 'USDC') };
    const placement = { ...spec.placement, interruptible };
    const job = { ...posting.job, spec: { ...spec, price, placement } };
    return (await store.postJob({ ...posting, job })).job;
  }
  async function run(reward: bigint) {
    const { jobId } = await post(reward, true);
    const agentId = await world.registerAgent();
    const claimed = await store.claimJob(world.claim(jobId, agentId));
    if (claimed === null) throw new Error('nobody else is there');
    work.started(claimed.job, claimed.execution);
    const seen = presence.seen({ agentId, wallet: `w-${agentId}`, name: agentId }, 'instance');
    presence.noteOffer(seen, testOffer({ slots: 1, preemptible: true }));
    return jobId;
  }
  for (let dear = 0; dear < 100; dear += 1) await run(5_000n);
  const cheap = await run(100n);
  const urgent = await post(1_000n, false);
  waiting.add(urgent, clock.nowMs());
  const deps = {
    clock,
    ids: world.ids,
    work,
    presence,
    providers,
    waiting,
    simulated: 'allowed',
    store: { ...store, changeJob },
  } as unknown as PreemptDeps;
  for (let turn = 0; turn < 5; turn += 1) {
    clock.advance(limits.preemptAfterMs);
    await preemptWaiting(deps);
  }
  expect(asked).toEqual([cheap]);
  await store.close();
});
