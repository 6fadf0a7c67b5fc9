import type { EmbeddedLocalnet } from '@node3/localnet/embedded-localnet';
import { type Asset, assets } from '@node3/shared/money';
import { chainTreasury } from '../../../domain/ledger-accounts.ts';
import type { PayoutRow } from '../../../store/payout-store.ts';
import type { Store } from '../../../store/store.ts';
import { usdcAccountOf } from '../../solana/transaction-builder.ts';
import { ownUsdc, takesSol } from './chain-reading.ts';
import type { Promised } from './chaos-market.ts';
import { usdcAccountCreateMin } from './chaos-process.ts';

export interface Audit {
  localnet: EmbeddedLocalnet;
  store: Store;
  treasury: string;
  /** Receipts of batches that were settled before this have given their rent back. */
  reclaimedBeforeMs: number;
  promised: readonly Promised[];
  /** Wallets whose lamports payouts may not count on. */
  emptied: ReadonlySet<string>;
  /** Requests that never got an answer. */
  unanswered: number;
}

/**
 * What is wrong, in sentences; empty when everybody has exactly what they earned. Who got how much
 * is read from the chain's own transactions, and the database is held against that.
 */
export async function auditRun(audit: Audit): Promise<string[]> {
  const rows = await audit.store.listPayouts({
    agentId: null,
    beforePayoutId: null,
    limit: 10_000,
  });
  return [
    ...(audit.unanswered === 0 ? [] : [`${audit.unanswered} requests have no answer`]),
    ...payoutProblems(audit, rows),
    ...paymentProblems(audit, rows),
    ...unpaidProblems(audit, rows),
    ...(await openProblems(audit)),
    ...(await ledgerProblems(audit)),
    ...(await eventProblems(audit.store, rows)),
  ];
}

/** Everything promised is one payout, of the same amount to the same wallet, and there is no other. */
function payoutProblems({ promised }: Audit, rows: readonly PayoutRow[]): string[] {
  const byId = new Map(rows.map((row) => [row.payoutId, row]));
  const wrong = promised.flatMap(({ payoutId, wallet, asset, amount }) => {
    const row = byId.get(payoutId);
    if (row === undefined) return [`payout ${payoutId} is lost`];
    const isSame = row.wallet === wallet && row.asset === asset && row.amount === amount;
    return isSame ? [] : [`payout ${payoutId} is not what was promised`];
  });
  if (rows.length === promised.length) return wrong;
  return [...wrong, `there are ${rows.length} payouts, and ${promised.length} were promised`];
}

function paymentProblems(audit: Audit, rows: readonly PayoutRow[]): string[] {
  const paid = new Set(
    rows.filter(({ state }) => state === 'finalized').map(({ payoutId }) => payoutId),
  );
  const owed = new Map<string, bigint>();
  for (const { payoutId, wallet, asset, amount } of audit.promised) {
    if (paid.has(payoutId)) add(owed, `${wallet} ${asset}`, amount);
  }
  const received = receivedOnChain(audit);
  return [...new Set([...owed.keys(), ...received.keys()])].flatMap((key) => {
    const got = received.get(key) ?? 0n;
    const due = owed.get(key) ?? 0n;
    if (got === due) return [];
    return [`${key}: ${got > due ? 'overpaid' : 'underpaid'}, ${got} instead of ${due}`];
  });
}

/** What each wallet got in transactions that the treasury paid for. */
function receivedOnChain({ localnet, treasury, promised }: Audit): Map<string, bigint> {
  const wallets = [...new Set(promised.map(({ wallet }) => wallet))];
  const tokenAccounts = new Map(
    wallets.map((wallet) => [usdcAccountOf(localnet.usdcMint, wallet), wallet]),
  );
  const received = new Map<string, bigint>();
  for (const record of localnet.chain.transactions.records()) {
    if (record.keys[0] !== treasury || record.err !== null) continue;
    for (const [index, key] of record.keys.entries()) {
      const gained = (record.postBalances[index] ?? 0n) - (record.preBalances[index] ?? 0n);
      if (wallets.includes(key) && gained !== 0n) add(received, `${key} SOL`, gained);
    }
    for (const [balances, sign] of [
      [record.postTokenBalances, 1n],
      [record.preTokenBalances, -1n],
    ] as const) {
      for (const { accountIndex, uiTokenAmount } of balances) {
        const wallet = tokenAccounts.get(record.keys[accountIndex] ?? '');
        if (wallet !== undefined)
          add(received, `${wallet} USDC`, sign * BigInt(uiTokenAmount.amount));
      }
    }
  }
  return received;
}

/** Whoever is not paid has a reason that the chain shows. */
function unpaidProblems(audit: Audit, rows: readonly PayoutRow[]): string[] {
  const waiting = new Map<string, bigint>();
  for (const { state, wallet, asset, amount } of rows) {
    if (state === 'due') add(waiting, `${wallet} ${asset}`, amount);
  }
  return rows.flatMap((row) => {
    const { payoutId, state, wallet, asset } = row;
    if (state === 'finalized') return [];
    const reason = state === 'held' ? row.holdReason : row.waitReason;
    const sum = waiting.get(`${wallet} ${asset}`) ?? 0n;
    if (state === 'held' && isPoison(audit.localnet, wallet, asset)) return [];
    if (state === 'due' && isTooSmall(audit, wallet, asset, sum)) return [];
    return [`payout ${payoutId} of ${row.amount} ${asset} is stuck: ${state}, ${reason}`];
  });
}

function isPoison(localnet: EmbeddedLocalnet, wallet: string, asset: Asset): boolean {
  if (asset === 'SOL') return !takesSol(localnet, wallet);
  const state = ownUsdc(localnet, wallet);
  return state === 'frozen' || state === 'not theirs';
}

function isTooSmall(
  { localnet, emptied }: Audit,
  wallet: string,
  asset: Asset,
  sum: bigint,
): boolean {
  const { vm } = localnet.chain;
  const has = emptied.has(wallet) ? 0n : vm.balance(wallet);
  if (asset === 'SOL') return has + sum < vm.minimumBalance(0n);
  return ownUsdc(localnet, wallet) === 'missing' && sum < usdcAccountCreateMin;
}

async function openProblems({ store, reclaimedBeforeMs }: Audit): Promise<string[]> {
  const [batches, reclaims, attempts, receipts] = await Promise.all([
    store.openBatches(),
    store.openReclaims(),
    store.unresolvedAttempts(100),
    store.reclaimableBatches(reclaimedBeforeMs, 100),
  ]);
  return [
    ...batches.map(({ batchId, state }) => `batch ${batchId} is still ${state}`),
    ...reclaims.map(({ attempt }) => `reclaim ${attempt.signature} is still open`),
    ...receipts.map(({ batchId }) => `the receipt of batch ${batchId} keeps its rent`),
    ...attempts.map(({ signature }) => `what became of attempt ${signature} is not known`),
  ];
}

async function ledgerProblems({ localnet, store, treasury }: Audit): Promise<string[]> {
  const { problems } = await store.verifyLedger();
  const differences: string[] = [];
  for (const asset of assets) {
    const booked = await store.ledgerBalance(chainTreasury, asset);
    const onChain = treasuryOnChain(localnet, treasury, asset);
    if (booked !== onChain) {
      differences.push(`the ledger has ${booked} ${asset} in the treasury, the chain ${onChain}`);
    }
  }
  return [...problems, ...differences];
}

function treasuryOnChain({ chain, usdcMint }: EmbeddedLocalnet, treasury: string, asset: Asset) {
  if (asset === 'SOL') return chain.vm.balance(treasury);
  const account = chain.vm.account(usdcAccountOf(usdcMint, treasury));
  return account === null ? 0n : Buffer.from(account.data).readBigUInt64LE(64);
}

async function eventProblems(store: Store, rows: readonly PayoutRow[]): Promise<string[]> {
  const events = await store.eventsAfter(0, 100_000);
  const finalized = events.filter(({ name }) => name === 'payout.finalized');
  const times = Map.groupBy(finalized, ({ data }) => String(data['payoutId']));
  return rows.flatMap(({ payoutId, state }) => {
    const told = times.get(payoutId)?.length ?? 0;
    const wanted = state === 'finalized' ? 1 : 0;
    return told === wanted ? [] : [`payout ${payoutId} was announced ${told} times as finalized`];
  });
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}
