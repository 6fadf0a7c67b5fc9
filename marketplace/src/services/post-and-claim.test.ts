import { MarketError } from '@node3/shared/error';
import { silentLogger } from '@node3/shared/logger';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sampleCapacity } from '../domain/testing/matching-samples.ts';
import { FamiliarAgents } from '../matching/familiar-agents.ts';
import { Matchmaker } from '../matching/matchmaker.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { World } from '../store/testing/world.ts';
import { testDataKeys } from '../testing/test-keyring.ts';
import { leaseJob } from './claim-job.ts';
import { createLeaseTokens } from './lease-token.ts';
import { storePosting } from './post-job.ts';
import { createSecretSealer } from './secret-sealer.ts';
import { WorkBoard } from './work-board.ts';

let store: Store;
let world: World;
let matchmaker: Matchmaker;
let commits = 0;
let offers: ExecutionOffer[] = [];

beforeEach(() => {
  store = openSqliteStore({
    path: ':memory:',
    log: silentLogger,
    onFatal(error) {
      throw error;
    },
    onStatement(sql) {
      if (sql === 'COMMIT') commits += 1;
    },
  });
  world = new World(store);
  const clock = new ManualClock(world.nowMs);
  const leases = createLeaseTokens('secret');
  const deps = {
    store,
    clock,
    ids: world.ids,
    leases,
    sealer: createSecretSealer('secret', testDataKeys),
    offerOf: () => null,
    work: new WorkBoard(),
    reservations: { reservedFor: () => null },
  };
  matchmaker = new Matchmaker({
    clock,
    simulated: 'allowed',
    familiar: new FamiliarAgents(),
    lease: (agent, candidate) => leaseJob(deps, agent, candidate),
  });
  offers = [];
});
afterEach(() => {
  vi.useRealTimers();
  matchmaker.stop();
  return store.close();
});

async function enterAgent(slots: number) {
  const agentId = await world.registerAgent();
  let claims = 0;
  return matchmaker.enter({
    agentId,
    agentName: agentId,
    capacity: sampleCapacity({ slots }, { agentId, freeSlots: slots }),
    standing: {
      jobsSucceeded: 0,
      jobsFailed: 0,
      avgRunSec: null,
      availability: null,
      startLatency: null,
      completion: null,
    },
    offersMax: 'many',
    claimId() {
      claims += 1;
      return `${agentId}-${claims}`;
    },
    offered: (offer) => offers.push(offer),
  });
}

it('stores postings and the claims of idle agents in one commit, one each per slot', async () => {
  const accountId = await world.openAccount();
  const leaves = [await enterAgent(2), await enterAgent(1)];
  commits = 0;
  const postings = Array.from({ length: 4 }, () => world.posting(accountId));
  await Promise.all(postings.map((posting) => storePosting({ store, matchmaker }, posting)));
  for (const leave of leaves) await leave();
  expect(commits).toBe(1);
  const jobIds = postings.map(({ job }) => job.jobId);
  expect(offers.map(({ jobId }) => jobId)).toEqual(jobIds.slice(0, 3));
  expect(await store.countJobs()).toMatchObject({ assigned: 3, queued: 1 });
  expect(matchmaker.openCount).toBe(1);
});

it('gives an agent its room back when what it was to get is not stored', async () => {
  const [poor, rich] = [await world.openAccount(1n), await world.openAccount()];
  const leave = await enterAgent(1);
  const refused = storePosting({ store, matchmaker }, world.posting(poor));
  await expect(refused).rejects.toMatchObject({ code: 'FUNDS_INSUFFICIENT' });
  const posting = world.posting(rich);
  await storePosting({ store, matchmaker }, posting);
  await leave();
  expect(offers.map(({ jobId }) => jobId)).toEqual([posting.job.jobId]);
  expect(matchmaker.openCount).toBe(0);
});

const full = new MarketError('STORAGE_FULL', { retryAfterSec: 10 });

it('keeps agents and jobs while the store takes no claims, and goes on by itself', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const accountId = await world.openAccount();
  const leave = await enterAgent(1);
  const claims = vi.spyOn(store, 'claimJob').mockRejectedValueOnce(full);
  const postings = [world.posting(accountId), world.posting(accountId)];
  for (const posting of postings) await storePosting({ store, matchmaker }, posting);
  await vi.waitFor(() => expect(matchmaker.isPaused).toBe(true), 20_000);
  expect([claims.mock.calls.length, offers.length, matchmaker.openCount]).toEqual([1, 0, 2]);
  await vi.advanceTimersByTimeAsync(10_000);
  await leave();
  expect(offers.map(({ jobId }) => jobId)).toEqual([postings[0]?.job.jobId]);
  expect(matchmaker.openCount).toBe(1);
});

it('has no job that the store refused together with its claim', async () => {
  const accountId = await world.openAccount();
  const leave = await enterAgent(1);
  vi.spyOn(store, 'postJob').mockRejectedValueOnce(full);
  vi.spyOn(store, 'claimJob').mockRejectedValueOnce(full);
  const posted = storePosting({ store, matchmaker }, world.posting(accountId));
  await expect(posted).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  await leave();
  expect(matchmaker.openCount).toBe(0);
});
