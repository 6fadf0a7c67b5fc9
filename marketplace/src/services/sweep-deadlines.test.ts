import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standingOf } from '../domain/agent-standing.ts';
import { FamiliarAgents } from '../matching/familiar-agents.ts';
import { Matchmaker } from '../matching/matchmaker.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { World } from '../store/testing/world.ts';
import { testDataKeys } from '../testing/test-keyring.ts';
import { testOffer } from '../testing/test-marketplace.ts';
import { AgentLinks } from './agent-links.ts';
import { cancelJob } from './cancel-job.ts';
import { CancelNotices } from './cancel-notices.ts';
import type { JobChangeDeps } from './change-job.ts';
import { claimJob } from './claim-job.ts';
import { createLeaseTokens } from './lease-token.ts';
import { createSecretSealer } from './secret-sealer.ts';
import { sweepDeadlines } from './sweep-deadlines.ts';
import { WorkBoard } from './work-board.ts';

let store: Store;
let world: World;
let clock: ManualClock;
let deps: JobChangeDeps;

/** For a matchmaker that no agent ever enters. */
const noLease = () => Promise.reject(new Error('there is no agent to lease to'));

beforeEach(() => {
  store = openSqliteStore({
    path: ':memory:',
    log: silentLogger,
    onFatal(error) {
      throw error;
    },
  });
  world = new World(store);
  clock = new ManualClock(world.nowMs);
  deps = {
    store,
    clock,
    ids: world.ids,
    holdbackMs: 0,
    unsupervisedSince: async () => null,
    cancels: new CancelNotices(new AgentLinks()),
    work: new WorkBoard(),
    matchmaker: new Matchmaker({
      clock,
      simulated: 'allowed',
      familiar: new FamiliarAgents(),
      lease: noLease,
    }),
    wakePayouts: () => undefined,
    wakeDependencies: () => undefined,
  };
});
afterEach(() => {
  deps.matchmaker.stop();
  return store.close();
});

describe('sweeping', () => {
  it('leaves no job in the index that was cancelled in the same commit', async () => {
    const { jobId } = await world.lease(await world.openAccount(), await world.registerAgent());
    clock.advance(limits.offerAcceptMs);
    const queued = Promise.withResolvers<void>();
    const watched: Store = {
      ...store,
      changeJob(...change) {
        const outcome = store.changeJob(...change);
        queued.resolve();
        return outcome;
      },
    };
    const sweeping = sweepDeadlines({ ...deps, store: watched });
    await queued.promise;
    const cancelling = cancelJob(deps, jobId, 'requester');
    const [swept, cancelled] = await Promise.all([sweeping, cancelling]);
    expect([swept, cancelled.state]).toEqual([1, 'cancelled']);
    expect(deps.matchmaker.openCount).toBe(0);
  });

  it('says of an expired job that it is expired, not cancelled', async () => {
    const job = await world.post(await world.openAccount());
    clock.advance(job.spec.limits.queueSec * 1_000);
    await sweepDeadlines(deps);
    expect((await store.job(job.jobId))?.state).toBe('expired');
    const events = await store.eventsOfJob(job.jobId, 10);
    expect(events.find(({ name }) => name === 'job.ended')?.data['state']).toBe('expired');
  });

  it('puts a job back into the index though another one fails', async () => {
    const accountId = await world.openAccount();
    const agentId = await world.registerAgent();
    const broken = await world.lease(accountId, agentId);
    const healthy = await world.lease(accountId, agentId);
    clock.advance(limits.offerAcceptMs);
    deps.store = {
      ...store,
      changeJob: (jobId, decide) =>
        jobId === broken.jobId
          ? Promise.reject(new Error('broken'))
          : store.changeJob(jobId, decide),
    };
    await expect(sweepDeadlines(deps)).rejects.toThrow('broken');
    expect((await store.job(healthy.jobId))?.state).toBe('queued');
    expect(deps.matchmaker.openCount).toBe(1);
  });
});

describe('claiming', () => {
  it('forgets proposals that the store knows to be gone, and finds the job behind them', async () => {
    const accountId = await world.openAccount();
    for (let i = 0; i < 40; i += 1) {
      const gone = await world.post(accountId);
      deps.matchmaker.addJob(gone);
      await cancelJob(
        {
          ...deps,
          matchmaker: new Matchmaker({
            clock,
            simulated: 'allowed',
            familiar: new FamiliarAgents(),
            lease: noLease,
          }),
        },
        gone.jobId,
        'operator',
      );
    }
    const open = await world.post(accountId);
    deps.matchmaker.addJob(open);
    const agent = await store.agent(await world.registerAgent());
    if (agent === null) throw new Error('the agent is stored');
    const offer = testOffer();
    const capacity = {
      agentId: agent.agentId,
      wallet: agent.wallet,
      offer,
      reservedFor: null,
      freeDeviceIds: [],
      freeSlots: 1,
      freeCpus: offer.cpus,
      freeMemoryBytes: offer.memoryBytes,
    };
    const leases = createLeaseTokens('secret');
    const sealer = createSecretSealer('secret', testDataKeys);
    const polls = [];
    for (const claimId of ['claim-1', 'claim-2', 'claim-3']) {
      polls.push(
        await claimJob(
          {
            ...deps,
            reservations: { reservedFor: () => null },
            leases,
            sealer,
            offerOf: () => null,
          },
          agent,
          capacity,
          claimId,
        ),
      );
    }
    expect(polls.map((claimed) => claimed?.jobId)).toContain(open.jobId);
    expect(deps.matchmaker.openCount).toBe(0);
  });
});

describe('waking', () => {
  it('goes on to the next agent when the first one can not take the job', async () => {
    const job = await world.post(await world.openAccount());
    const offer = testOffer();
    const asked: string[] = [];
    const matchmaker = new Matchmaker({
      clock,
      simulated: 'allowed',
      familiar: new FamiliarAgents(),
      async lease({ agentId }, { jobId }) {
        asked.push(`${agentId} ${jobId}`);
        return 'agent_refused';
      },
    });
    const leaves = (['agt_a', 'agt_b'] as const).map((agentId, index) =>
      matchmaker.enter({
        agentId,
        agentName: agentId,
        standing: standingOf({
          jobsSucceeded: 0,
          jobsFailed: 0,
          avgRunSec: null,
          reputation: null,
        }),
        offersMax: 'one',
        capacity: {
          agentId,
          wallet: 'wallet',
          offer,
          reservedFor: null,
          freeDeviceIds: [],
          freeSlots: 4 - index,
          freeCpus: offer.cpus,
          freeMemoryBytes: offer.memoryBytes,
        },
        claimId: () => 'claim',
        offered: () => undefined,
      }),
    );
    matchmaker.addJob(job);
    for (const leave of leaves) await leave();
    expect(asked).toEqual([`agt_a ${job.jobId}`, `agt_b ${job.jobId}`]);
    expect(matchmaker.openCount).toBe(1);
  });
});

describe('cancelling again and again', () => {
  it('leaves one notice for the agent', async () => {
    const { jobId, agentId } = await world.lease(
      await world.openAccount(),
      await world.registerAgent(),
    );
    for (let i = 0; i < 5; i += 1) await cancelJob(deps, jobId, 'requester');
    expect(deps.cancels.take(agentId)).toHaveLength(1);
    expect(deps.cancels.has(agentId)).toBe(false);
  });
});
