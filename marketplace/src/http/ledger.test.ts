import { createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import {
  type BaseUnits,
  baseUnits,
  baseUnitsMax,
  formatAmount,
  parseAmount,
} from '@node3/shared/money';
import { getAccount } from '@node3/shared/routes/accounts';
import { reportResult } from '@node3/shared/routes/agents';
import { getHealth } from '@node3/shared/routes/health';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { exportLedger, type LedgerEntry } from '@node3/shared/routes/ledger';
import { listStatement, type StatementLine } from '@node3/shared/routes/statements';
import { cancelWithdrawal, createWithdrawal } from '@node3/shared/routes/withdrawals';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainTreasury, suspense } from '../domain/ledger-accounts.ts';
import type { Transfer } from '../store/rows.ts';
import { fenceOf, successResult, testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeEach(async () => {
  market = await startTestMarketplace();
});
afterEach(() => market.stop());

async function setUp() {
  const requester = await openFundedAccount(market, { SOL: 10_000_000n });
  const agent = await registerTestAgent(market);
  return { requester, agent, calls: testAgentCalls(agent.client) };
}

function deposit(transferId: string, amount: BaseUnits): Transfer {
  const [debit, credit] = [chainTreasury, suspense];
  return { transferId, debit, credit, asset: 'SOL', amount, kind: 'deposit', ref: transferId };
}

const signedUnits = (text: string) =>
  text.startsWith('-') ? 0n - parseAmount(text.slice(1), 'SOL') : parseAmount(text, 'SOL');

const operator = () => createClient({ baseUrl: market.url, apiKey: market.adminApiKey });

describe('a job that ends many times at once', () => {
  it('[7.21] [P54] [P55] is captured once and paid once', async () => {
    const { requester, agent, calls } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    const report = (runMs: number) =>
      agent.client.call(reportResult, {
        params: { executionId: offer.executionId },
        body: { ...fenceOf(offer), result: { ...successResult, runMs } },
      });
    await Promise.all(Array.from({ length: 100 }, () => report(10)));
    await expect(report(11)).rejects.toMatchObject({ code: 'RESULT_CONFLICT' });
    const job = await requester.client.call(getJob, { params: { jobId } });
    expect(job).toMatchObject({ state: 'succeeded', settlement: { state: 'captured' } });
    const kinds = (await market.store.ledgerEntries(0, 100)).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['capture', 'deposit', 'fee', 'hold']);
    expect(await market.store.countPayouts()).toMatchObject({ due: 1 });
    expect(await market.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  });
});

describe('[P56] an amount that is none', () => {
  it.each(['0', '-1', 'NaN', 'Infinity', '1e3', '', '0.0000000001', '9223372036.854775808'])(
    'is refused as a price: %j SOL',
    async (amount) => {
      const { requester } = await setUp();
      const price = { kind: 'fixed', reward: { amount, asset: 'SOL' } } as const;
      const body = testJob({ price });
      await expect(requester.client.call(createJob, { body })).rejects.toSatisfy(
        (error) =>
          isMarketError(error, 'REQUEST_INVALID') || isMarketError(error, 'AMOUNT_INVALID'),
      );
      expect((await market.store.ledgerTotals()).transfers).toBe(1);
    },
  );

  it.each([0n, -1n, 1n << 63n])('is refused by the ledger: %s', async (amount) => {
    const transfer = deposit('x', amount as BaseUnits);
    await expect(market.store.postTransfers([transfer], [], 1)).rejects.toThrow();
    expect((await market.store.ledgerTotals()).transfers).toBe(0);
  });

  it('may be as large as a column, and no sum may be larger', async () => {
    await market.store.postTransfers([deposit('x', baseUnitsMax as BaseUnits)], [], 1);
    const oneMore = deposit('y', baseUnits(1n));
    await expect(market.store.postTransfers([oneMore], [], 1)).rejects.toThrow();
    expect(await market.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  });
});

describe('[9.19] a statement', () => {
  it('holds whatever happened to the money, and its changes add up to the balances', async () => {
    const { requester, calls } = await setUp();
    const { client } = requester;
    await client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const cancelled = await client.call(createJob, { body: testJob() });
    await client.call(cancelJob, { params: { jobId: cancelled.jobId } });
    await client.call(createJob, { body: testJob() });
    const stranger = await openFundedAccount(market, { SOL: 5_000_000n });
    await stranger.client.call(createJob, { body: testJob() });
    const money = { amount: '0.002', asset: 'SOL' as const };
    const { withdrawalId } = await client.call(createWithdrawal, { body: { money } });
    await client.call(cancelWithdrawal, { params: { withdrawalId } });
    await client.call(createWithdrawal, { body: { money } });

    const lines: StatementLine[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: { limit: number; cursor?: string } = { limit: 3, ...(cursor && { cursor }) };
      const page = await client.call(listStatement, { query });
      lines.push(...page.data);
      cursor = page.nextCursor;
    }
    const sumOf = (part: 'available' | 'held' | 'withdrawing') =>
      formatAmount(
        lines.reduce((sum, line) => sum + signedUnits(line[part]), 0n),
        'SOL',
      );
    const { balances } = await client.call(getAccount, {});
    expect(sumOf('available')).toBe(balances.SOL.available.amount);
    expect(sumOf('held')).toBe(balances.SOL.held.amount);
    expect(sumOf('withdrawing')).toBe('0.002');
    expect(
      lines
        .map(({ kind }) => kind)
        .toSorted()
        .join(' '),
    ).toBe('capture deposit fee hold hold hold release withdrawal withdrawal withdrawal_return');
    expect(new Set(lines.map(({ entry }) => entry)).size).toBe(lines.length);
    const charges = await client.call(listStatement, { query: { type: 'charge' } });
    expect(charges.data.map(({ kind, held }) => [kind, held])).toEqual([
      ['capture', '-0.001'],
      ['fee', '-0.00005'],
    ]);
    const usdc = await client.call(listStatement, { query: { asset: 'USDC' } });
    expect(usdc).toEqual({ data: [], nextCursor: null });
  });
});

describe('the export', () => {
  it('streams every entry as JSON lines and says when that was all', async () => {
    for (let i = 0; i < 4; i += 1) await openFundedAccount(market, { SOL: 1n });
    const lines: unknown[] = [];
    for await (const line of operator().lines(exportLedger, { query: { after: 1 } })) {
      lines.push(line);
    }
    expect(lines.at(-1)).toEqual({ ended: true });
    const entries = lines.slice(0, -1) as LedgerEntry[];
    expect(entries.map(({ entry }) => entry)).toEqual([2, 3, 4]);
    expect(entries[0]).toMatchObject({ amount: '0.000000001', asset: 'SOL', kind: 'deposit' });
    const page = await operator().call(exportLedger, { query: { after: 1, limit: 2 } });
    expect(page).toEqual({ data: entries.slice(0, 2), nextAfter: 3 });
  });

  it('is the operator’s', async () => {
    const { requester } = await setUp();
    const query = {};
    await expect(requester.client.call(exportLedger, { query })).rejects.toMatchObject({
      code: 'AUTH_FORBIDDEN',
    });
  });
});

it('health tells what the audit found', async () => {
  await expect
    .poll(async () => (await market.anonymous.call(getHealth, {})).checks.ledger.state)
    .toBe('ok');
});
