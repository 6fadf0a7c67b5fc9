import { systemClock } from '@node3/shared/clock';
import type { ReplyOf, RouteContract } from '@node3/shared/contract';
import { systemIds } from '@node3/shared/ids';
import { baseUnits } from '@node3/shared/money';
import * as accountRoutes from '@node3/shared/routes/accounts';
import * as depositRoutes from '@node3/shared/routes/deposits';
import * as payoutRoutes from '@node3/shared/routes/payouts';
import * as withdrawalRoutes from '@node3/shared/routes/withdrawals';
import type { FakePaymentRail } from '../payments/fake/fake-payment-rail.ts';
import type { PayoutRow } from '../store/payout-store.ts';
import type { TestMarketplace } from './test-marketplace.ts';

type Ask = <C extends RouteContract>(
  contract: C,
  apiKey: string | null,
  args?: object,
) => Promise<ReplyOf<C>>;
type Market = Pick<TestMarketplace, 'adminApiKey' | 'store' | 'rail'>;

/** Asks every endpoint that operates payouts once. */
export async function operatePayouts(ask: Ask, { adminApiKey, store, rail }: Market) {
  await ask(payoutRoutes.getPayoutEngine, adminApiKey);
  const due = await store.duePayouts({ asset: 'SOL', limit: 1, nowMs: systemClock.nowMs() });
  const [payoutId = ''] = due.map((payout) => payout.payoutId);
  await store.holdPayouts([{ payoutId, reason: 'test' }], []);
  await ask(payoutRoutes.retryPayout, adminApiKey, { params: { payoutId } });
  await ask(payoutRoutes.getPayout, adminApiKey, { params: { payoutId } });
  await store.holdPayouts([{ payoutId, reason: 'test' }], []);
  const signature = await payByHand(rail, due.slice(0, 1));
  await ask(payoutRoutes.settlePayouts, adminApiKey, {
    body: { payoutIds: [payoutId], signature },
  });
  await ask(payoutRoutes.getPayout, adminApiKey, { params: { payoutId } });
  const body = { reason: 'made by hand' };
  await ask(payoutRoutes.stopPayouts, adminApiKey, { body });
  await ask(payoutRoutes.startPayouts, adminApiKey, { body });
  await ask(payoutRoutes.acceptTreasuryHistory, adminApiKey, { body });
}

/** As a process would have whose database was lost. @returns the signature. */
export async function payByHand(rail: FakePaymentRail, payouts: PayoutRow[]): Promise<string> {
  for (const { wallet } of payouts) rail.openWallet(wallet);
  const batchId = systemIds.next('batch');
  const receiptSeed = systemIds.secret(15);
  const result = await rail.sign({ kind: 'pay', batchId, attempt: 1, receiptSeed, payouts });
  if (!('signed' in result)) throw new Error('the rail signs everything');
  await rail.send(result.signed.raw);
  rail.settle();
  return result.signed.signature;
}

/** Asks every endpoint about deposits once that needs no chain. */
export async function handleDeposits(ask: Ask, { adminApiKey, store }: Market, requester: string) {
  const { accountId } = await ask(accountRoutes.getAccount, requester);
  const wanted = { body: { asset: 'USDC' as const, amount: '1.5' } };
  const { intentId } = await ask(depositRoutes.createDepositIntent, requester, wanted);
  await ask(depositRoutes.getDepositIntent, requester, { params: { intentId } });
  const signature = '5'.repeat(88);
  await store.recordDeposit({
    signature,
    received: [{ asset: 'SOL', amount: baseUnits(7n), sourceOwner: null }],
    target: { to: 'suspense', reason: 'unattributed' },
    minimum: { SOL: baseUnits(0n), USDC: baseUnits(0n) },
    nowMs: systemClock.nowMs(),
  });
  await ask(depositRoutes.listAdminDeposits, adminApiKey, { query: { state: 'suspense' } });
  const body = { accountId };
  await ask(depositRoutes.assignDeposit, adminApiKey, { params: { signature }, body });
  await ask(depositRoutes.listDeposits, requester, { query: {} });
  const refundable = '6'.repeat(88);
  await store.recordDeposit({
    signature: refundable,
    received: [{ asset: 'SOL', amount: baseUnits(7n), sourceOwner: '1'.repeat(32) }],
    target: { to: 'suspense', reason: 'unattributed' },
    minimum: { SOL: baseUnits(0n), USDC: baseUnits(0n) },
    nowMs: systemClock.nowMs(),
  });
  const { data } = await ask(depositRoutes.refundDeposit, adminApiKey, {
    params: { signature: refundable },
  });
  const payoutId = data[0]?.refundId ?? '';
  await ask(payoutRoutes.cancelPayout, adminApiKey, { params: { payoutId } });
}

/** Asks every endpoint about withdrawals once. */
export async function withdraw(ask: Ask, requester: string) {
  const body = { money: { amount: '0.001', asset: 'SOL' as const } };
  const { withdrawalId } = await ask(withdrawalRoutes.createWithdrawal, requester, { body });
  const params = { withdrawalId };
  await ask(withdrawalRoutes.getWithdrawal, requester, { params });
  await ask(withdrawalRoutes.cancelWithdrawal, requester, { params });
  await ask(withdrawalRoutes.listWithdrawals, requester, { query: {} });
}
