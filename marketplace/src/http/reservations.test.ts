import { createClient } from '@node3/shared/client';
import { explainJob } from '@node3/shared/routes/explain';
import { createJob } from '@node3/shared/routes/jobs';
import {
  cancelReservation,
  createReservation,
  listReservations,
} from '@node3/shared/routes/reservations';
import { toTimestamp } from '@node3/shared/schema';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

const hourMs = 3_600_000;
let market: TestMarketplace;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
});
afterEach(() => market.stop());

type Account = Awaited<ReturnType<typeof openFundedAccount>>;

const operator = () => createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
const post = async ({ client }: Account) =>
  (await client.call(createJob, { body: testJob() })).jobId;

function reserve(accountId: string, count: number, [from, until]: [number, number], more = {}) {
  const time = (hours: number) => toTimestamp(clock.nowMs() + hours * hourMs);
  const body = { accountId, count, from: time(from), until: time(until), ...more };
  return operator().call(createReservation, { body });
}

async function join(region: string) {
  const agent = await registerTestAgent(market, region);
  const calls = testAgentCalls(agent.client, { slots: 1, region });
  await calls.poll({ claimId: null });
  return { ...agent, calls };
}

const jobsOf = (messages: Awaited<ReturnType<ReturnType<typeof testAgentCalls>['poll']>>) =>
  messages.flatMap((message) => (message.type === 'offer' ? [message.jobId] : []));

describe('a reservation', () => {
  it('[4.16] gives its agents jobs of its account only, from its beginning to its end', async () => {
    const [owner, other] = [await openFundedAccount(market), await openFundedAccount(market)];
    const { agentId, calls } = await join('eu');
    const made = await reserve(owner.accountId, 1, [1, 2]);
    expect(made.agentIds).toEqual([agentId]);
    const before = await post(other);
    const offer = await calls.offer();
    expect(offer.jobId).toBe(before);
    await calls.run(offer);
    clock.advance(hourMs);
    // What runs there goes on.
    await calls.report(offer);
    const foreign = await post(other);
    expect(await calls.poll()).toEqual([]);
    const waits = await other.client.call(explainJob, { params: { jobId: foreign } });
    expect(waits.waitsFor).toBe('reserved');
    await market.restart();
    expect(await calls.poll()).toEqual([]);
    const own = await post(owner);
    const theirs = await calls.offer();
    expect(theirs.jobId).toBe(own);
    await calls.run(theirs);
    await calls.report(theirs);
    clock.advance(hourMs);
    expect(jobsOf(await calls.poll())).toEqual([foreign]);
  });

  it('is not undercut by what an agent said before it began', async () => {
    const [owner, other] = [await openFundedAccount(market), await openFundedAccount(market)];
    const { calls } = await join('eu');
    const waiting = calls.poll({ waitSec: 2 });
    await expect.poll(() => market.store.reservations(0).then(({ length }) => length)).toBe(0);
    await reserve(owner.accountId, 1, [0, 1]);
    await post(other);
    expect(jobsOf(await waiting)).toEqual([]);
  });

  it('takes agents that fit and are not reserved then, and says when they are too few', async () => {
    const { accountId } = await openFundedAccount(market);
    const [eu] = [await join('eu'), await join('us')];
    const placement = { regions: ['eu'] };
    const made = await reserve(accountId, 1, [1, 3], { placement });
    expect(made.agentIds).toEqual([eu.agentId]);
    await expect(reserve(accountId, 1, [2, 4], { placement })).rejects.toMatchObject({
      code: 'RESERVATION_UNSATISFIABLE',
      context: { wanted: 1, available: 0 },
    });
    expect((await reserve(accountId, 1, [3, 4], { placement })).agentIds).toEqual([eu.agentId]);
    const { reservationId } = made;
    await operator().call(cancelReservation, { params: { reservationId } });
    expect((await reserve(accountId, 2, [1, 2])).agentIds).toHaveLength(2);
    const { data } = await operator().call(listReservations, {});
    expect(data).toHaveLength(2);
  });

  it('is for the operator, for an account and for a time that can be', async () => {
    const { accountId, client } = await openFundedAccount(market);
    await join('eu');
    const body = { accountId, count: 1, from: toTimestamp(0), until: toTimestamp(1) };
    const asked = client.call(createReservation, { body });
    await expect(asked).rejects.toMatchObject({ code: 'AUTH_FORBIDDEN' });
    const nobody = 'acc_00000000000000000000000000';
    await expect(reserve(nobody, 1, [1, 2])).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    for (const time of [
      [2, 1],
      [-2, -1],
      [0, 24 * 40],
    ] as [number, number][]) {
      await expect(reserve(accountId, 1, time)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    }
    const params = { reservationId: 'rsv_00000000000000000000000000' };
    await expect(operator().call(cancelReservation, { params })).rejects.toMatchObject({
      code: 'RESERVATION_NOT_FOUND',
    });
  });
});
