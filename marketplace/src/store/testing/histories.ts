import { isMarketError } from '@node3/shared/error';
import { isTerminalExecution } from '@node3/shared/execution-state';
import { isTerminalJob } from '@node3/shared/job-state';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobTypeOf } from '../../domain/job-type.ts';
import type { ExecutionRow, JobRow } from '../rows.ts';
import type { MakeStore } from '../store.conformance.ts';
import type { Store } from '../store.ts';
import { cancel, requeue } from './decisions.ts';
import { World } from './world.ts';

const deposited = 5_000n;
const kinds = ['post', 'claim', 'start', 'result', 'cancel', 'requeue', 'log', 'again'] as const;

const step = fc.record({
  kind: fc.constantFrom(...kinds),
  who: fc.nat(1),
  which: fc.nat(5),
  price: fc.bigInt(1n, 2_000n),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Steps of one round are sent at once, so that they meet in one commit. */
const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 12 });

/** What the callers of a history have been promised. */
interface Promised {
  accounts: string[];
  agents: string[];
  jobs: JobRow[];
  executions: ExecutionRow[];
  results: Map<string, string>;
}

export function describeHistories(makeStore: MakeStore): void {
  describe('random histories', () => {
    it('keep money, states and promises whole', async () => {
      await fc.assert(
        fc.asyncProperty(rounds, async (history) => {
          const tested = await makeStore();
          try {
            const world = new World(tested.store);
            const promised = await populate(world);
            for (const round of history) {
              await Promise.all(round.map((one) => run(world, promised, one)));
              await checkMoney(world.store, promised);
            }
            world.store = await tested.reopen();
            await checkMoney(world.store, promised);
            await checkPromises(world.store, promised);
          } finally {
            await tested.dispose();
          }
        }),
        { numRuns: 40 },
      );
    }, 60_000);
  });
}

async function populate(world: World): Promise<Promised> {
  return {
    accounts: [await world.openAccount(deposited), await world.openAccount(deposited)],
    agents: [await world.registerAgent(), await world.registerAgent()],
    jobs: [],
    executions: [],
    results: new Map(),
  };
}

const refusals = ['FUNDS_INSUFFICIENT', 'LEASE_STALE', 'RESULT_CONFLICT'] as const;

/** One request. Refusals are answers too; anything else fails the history. */
async function run(world: World, promised: Promised, one: Step): Promise<void> {
  try {
    await send(world, promised, one);
  } catch (error) {
    if (!refusals.some((code) => isMarketError(error, code))) throw error;
  }
}

async function send(world: World, promised: Promised, { kind, who, which, price }: Step) {
  const { store } = world;
  const job = promised.jobs.at(-1 - which);
  const execution = promised.executions.at(-1 - which);
  if (kind === 'post') {
    promised.jobs.push(await world.post(promised.accounts[who] ?? '', price));
  } else if (kind === 'claim' && job !== undefined) {
    const claim = world.claim(job.jobId, promised.agents[who] ?? '', [`gpu-${which}`]);
    const claimed = await store.claimJob(claim);
    if (claimed !== null) promised.executions.push(claimed.execution);
  } else if (kind === 'start' && execution !== undefined) {
    await world.start(execution);
  } else if ((kind === 'result' || kind === 'again') && execution !== undefined) {
    const hash = kind === 'again' ? 'same' : `result-${price}`;
    await world.succeed(execution, hash);
    promised.results.set(execution.executionId, hash);
  } else if (kind === 'log' && execution !== undefined) {
    await world.log(execution, 1, ['a', 'b', 'c'].slice(who));
  } else if (kind === 'cancel' && job !== undefined) {
    await store.changeJob(job.jobId, cancel(world.nowMs));
  } else if (kind === 'requeue' && job !== undefined) {
    await store.changeJob(job.jobId, requeue(world.nowMs));
  }
}

async function checkMoney(store: Store, { accounts }: Promised): Promise<void> {
  expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  const jobs = await store.listJobs({
    accountId: null,
    states: null,
    beforeJobId: null,
    limit: 999,
  });
  const unsettled = jobs.filter((job) => job.settlement.state === 'held');
  const held = unsettled.reduce((sum, job) => sum + job.price, 0n);
  const totals = await store.ledgerTotals();
  expect(totals.held.USDC).toBe(held);
  const balances = await Promise.all(accounts.map((id) => store.accountBalances(id)));
  expect(balances.reduce((sum, { USDC }) => sum + USDC.held, 0n)).toBe(held);
  expect(totals.treasury.USDC).toBe(2n * deposited);
  expect(totals.liabilities.USDC + totals.feeRevenue.USDC).toBe(2n * deposited);

  const live = await store.liveExecutions(null);
  const running = jobs.filter(({ state }) => state === 'assigned' || state === 'running');
  expect(live.map(({ jobId }) => jobId).toSorted()).toEqual(
    running.map(({ jobId }) => jobId).toSorted(),
  );
  const devices = live.flatMap(({ agentId, devices }) =>
    devices.map(({ id }) => `${agentId} ${id}`),
  );
  expect(new Set(devices).size).toBe(devices.length);
  const counts = await store.countJobs();
  for (const [state, count] of Object.entries(counts)) {
    expect(jobs.filter((job) => job.state === state)).toHaveLength(count);
  }
  for (const [state, byType] of Object.entries(await store.countJobsByType())) {
    for (const [type, count] of Object.entries(byType)) {
      const alike = jobs.filter((job) => job.state === state && jobTypeOf(job.spec) === type);
      expect(alike).toHaveLength(count);
    }
  }
}

async function checkPromises(store: Store, promised: Promised): Promise<void> {
  for (const { jobId } of promised.jobs) {
    const job = await store.job(jobId);
    expect(job).not.toBeNull();
    if (job === null) continue;
    const executions = await store.executionsOfJob(jobId);
    expect(job.attempt).toBe(executions.length);
    expect(isTerminalJob(job.state)).toBe(job.settlement.state !== 'held');
    const paid = executions.filter(({ state }) => state === 'succeeded');
    expect(paid).toHaveLength(job.state === 'succeeded' ? 1 : 0);
    expect((await store.payoutsOfJobs([jobId])).size).toBe(paid.length);
  }
  for (const [executionId, hash] of promised.results) {
    const execution = await store.execution(executionId);
    expect(execution?.resultHash).toBe(hash);
    expect(isTerminalExecution(execution?.state ?? 'leased')).toBe(true);
  }
  const events = await store.eventsAfter(0, 10_000);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
}
