import { createClient } from '@node3/shared/client';
import { baseUnits } from '@node3/shared/money';
import { createAccount } from '@node3/shared/routes/accounts';
import {
  type AccountCapsByAsset,
  getCaps,
  putAccountCaps,
  putKeyCaps,
} from '@node3/shared/routes/caps';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { getUsage } from '@node3/shared/routes/usage';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noCaps } from '../domain/spending-caps.ts';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-26T23:00:00.000Z'));
  market = await startTestMarketplace({ clock });
});
afterEach(() => market.stop());

const none = { perJob: null, open: null, perDay: null };

/** The caps of an account in SOL; USDC has none. */
function inSol(caps: Partial<AccountCapsByAsset['SOL']>): AccountCapsByAsset {
  return { SOL: { ...none, ...caps }, USDC: none };
}
const keyInSol = (caps: { perJob?: string; perDay?: string }) => {
  const both = { perJob: caps.perJob ?? null, perDay: caps.perDay ?? null };
  return { SOL: both, USDC: { perJob: null, perDay: null } };
};

type Requester = Awaited<ReturnType<typeof openFundedAccount>>;

/** Each job costs 0.00105 SOL. */
const post = ({ client }: Pick<Requester, 'client'>) => client.call(createJob, { body: testJob() });

async function capped(caps: Partial<AccountCapsByAsset['SOL']>) {
  const requester = await openFundedAccount(market);
  const proof = await requester.wallet.prove(market.anonymous, 'account.caps');
  await requester.client.call(putAccountCaps, { body: { caps: inSol(caps), proof } });
  return requester;
}

/** Another key of the same account, with caps from its first moment on. */
async function keyWith(requester: Requester, keyCaps: ReturnType<typeof keyInSol>) {
  const proof = await requester.wallet.prove(market.anonymous, 'account.create');
  const { apiKey } = await market.anonymous.call(createAccount, { body: { ...proof, keyCaps } });
  const client = createClient({ baseUrl: market.url, apiKey });
  const { key } = await client.call(getCaps, {});
  return { client, keyId: key?.keyId ?? '' };
}

const exceeded = (cap: string) => ({ code: 'CAP_EXCEEDED', status: 403, context: { cap } });

describe('spending caps', () => {
  it('name the cap, what is used, the limit and when it frees', async () => {
    const requester = await capped({ perDay: '0.002' });
    await post(requester);
    await expect(post(requester)).rejects.toMatchObject({
      code: 'CAP_EXCEEDED',
      context: {
        cap: 'account.perDay',
        asset: 'SOL',
        used: '0.00105',
        limit: '0.002',
        needed: '0.00105',
        freesAt: '2026-11-27T00:00:00.000Z',
      },
    });
    clock.advance(3_600_000);
    await expect(post(requester)).resolves.toMatchObject({ state: 'queued' });
  });

  it('[2.21] bound the price of one job, fee included, and all that is open', async () => {
    const perJob = await capped({ perJob: '0.001049999' });
    await expect(post(perJob)).rejects.toMatchObject(exceeded('account.perJob'));
    const open = await capped({ open: '0.0021' });
    const first = await post(open);
    await post(open);
    await expect(post(open)).rejects.toMatchObject(exceeded('account.open'));
    await open.client.call(cancelJob, { params: { jobId: first.jobId } });
    await expect(post(open)).resolves.toMatchObject({ state: 'queued' });
  });

  it('count what a settled job cost and not what was held for it', async () => {
    const requester = await capped({ perDay: '0.0021' });
    const calls = testAgentCalls((await registerTestAgent(market)).client);
    const body = testJob({ limits: { runSec: 10 } });
    await requester.client.call(createJob, { body });
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(5_000);
    const failed = { outcome: 'failed', reason: 'nonzero_exit', exitCode: 1 } as const;
    await calls.report(offer, { ...failed, runMs: 5_000 });
    const { used } = await requester.client.call(getCaps, {});
    expect(used.SOL).toEqual({ open: '0', today: '0.000525' });
    const usage = await requester.client.call(getUsage, { query: { groupBy: 'gpu,day' } });
    expect(usage).toMatchObject({ from: '2026-10-28', to: '2026-11-26' });
    const charged = { amount: '0.000525', asset: 'SOL' };
    const ran = { gpu: null, label: null, jobs: 1, gpuMs: 0, runMs: 5_000, charged };
    expect(usage.data).toEqual([{ day: '2026-11-26', keyId: null, ...ran }]);
    const before = await requester.client.call(getUsage, { query: { to: '2026-11-25' } });
    expect(before.data).toEqual([]);
    for (const from of ['2026-02-30', '2026-11-27']) {
      const wrong = requester.client.call(getUsage, { query: { from } });
      await expect(wrong).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    }
    await post(requester);
    await expect(post(requester)).rejects.toMatchObject(exceeded('account.perDay'));
  });

  it('hold against a hundred posts at once, and the store is whole', async () => {
    const requester = await capped({ open: '0.0105' });
    const key = await keyWith(requester, keyInSol({ perDay: '0.00735' }));
    const posts = Array.from({ length: 100 }, (_, i) => post(i % 2 === 0 ? requester : key));
    const settled = await Promise.allSettled(posts);
    const done = settled.map(({ status }) => status === 'fulfilled');
    expect(done.filter(Boolean)).toHaveLength(10);
    expect(done.filter((ok, i) => ok && i % 2 === 1).length).toBeLessThanOrEqual(7);
    const { used } = await requester.client.call(getCaps, {});
    expect(used.SOL).toEqual({ open: '0.0105', today: '0.0105' });
    expect((await market.store.verifyLedger()).problems).toEqual([]);
  });

  it('of the operator hold for everybody, whatever an account sets', async () => {
    const perJob = baseUnits(1_000_000n);
    await market.restart({ operatorCaps: { SOL: { ...noCaps, perJob }, USDC: noCaps } });
    const requester = await capped({ perJob: '100' });
    await expect(post(requester)).rejects.toMatchObject(exceeded('operator.perJob'));
  });

  it('are never widened with a key alone, nor by another key or another wallet', async () => {
    const requester = await capped({ perDay: '1' });
    const { client, wallet } = requester;
    const wide = { caps: inSol({ perDay: '2' }) };
    const refused = { code: 'AUTH_FORBIDDEN' };
    await expect(client.call(putAccountCaps, { body: wide })).rejects.toMatchObject(refused);
    const stranger = await openFundedAccount(market);
    const foreign = await stranger.wallet.prove(market.anonymous, 'account.caps');
    await expect(
      client.call(putAccountCaps, { body: { ...wide, proof: foreign } }),
    ).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    const opening = await wallet.prove(market.anonymous, 'account.create');
    await expect(
      client.call(putAccountCaps, { body: { ...wide, proof: opening } }),
    ).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' });
    const key = await keyWith(requester, keyInSol({ perDay: '0.5' }));
    const put = (by: Pick<Requester, 'client'>, perDay: string, more = {}) =>
      by.client.call(putKeyCaps, {
        params: { keyId: key.keyId },
        body: { caps: keyInSol({ perDay }), ...more },
      });
    await expect(put(key, '0.6')).rejects.toMatchObject(refused);
    await expect(put(requester, '0.1')).rejects.toMatchObject(refused);
    await expect(put(stranger, '0.1')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(put(key, '0.001')).resolves.toMatchObject({ caps: { SOL: { perDay: '0.001' } } });
    await expect(post(key)).rejects.toMatchObject(exceeded('key.perDay'));
    const proof = await wallet.prove(market.anonymous, 'account.caps');
    await put(requester, '0.5', { proof });
    const usdc = { caps: { USDC: { perJob: '1', perDay: '1' } } };
    const params = { keyId: key.keyId };
    expect(await key.client.call(putKeyCaps, { params, body: usdc })).toMatchObject({
      caps: { SOL: { perDay: '0.5' }, USDC: { perDay: '1' } },
    });
    await expect(post(key)).resolves.toMatchObject({ state: 'queued' });
  });

  it('leave what was accepted before alone', async () => {
    const requester = await capped({ perDay: '1' });
    const { jobId } = await post(requester);
    const proof = await requester.wallet.prove(market.anonymous, 'account.caps');
    await requester.client.call(putAccountCaps, {
      body: { caps: inSol({ perJob: '0', open: '0', perDay: '0' }), proof },
    });
    const calls = testAgentCalls((await registerTestAgent(market)).client);
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const job = await requester.client.call(getJob, { params: { jobId } });
    expect(job).toMatchObject({
      state: 'succeeded',
      settlement: { charged: { amount: '0.00105' } },
    });
    await expect(post(requester)).rejects.toMatchObject(exceeded('account.perJob'));
  });

  it('do not stand in the way of the answer that a repeated request gets', async () => {
    const requester = await capped({ perDay: '0.002' });
    const again = () =>
      requester.client.call(createJob, { body: testJob() }, { idempotencyKey: 'same' });
    const { jobId } = await again();
    expect((await again()).jobId).toBe(jobId);
  });
});
