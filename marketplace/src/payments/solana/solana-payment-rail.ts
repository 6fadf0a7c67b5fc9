import type { Clock } from '@node3/shared/clock';
import { type Asset, type BaseUnits, baseUnits, formatAmount, zero } from '@node3/shared/money';
import type { PayoutRow } from '../../store/payout-store.ts';
import type { TreasurySigner } from '../keys/signer.ts';
import type {
  PaymentRail,
  PayoutPlan,
  PlanRequest,
  TransactionFailure,
  TransactionFate,
} from '../payment-rail.ts';
import { agreeOnReceipts, agreeOnTransaction, furthestProgress } from './agreement.ts';
import {
  readAccounts,
  readAccountsEach,
  readBlockHeights,
  readFinalHistoryEach,
  readStatusesEach,
} from './chain-reads.ts';
import { readTransactionEach } from './chain-transaction.ts';
import { readSolDestination, readUsdcDestination } from './destinations.ts';
import { createFeeReader, type FeeReader, type Prices } from './fees.ts';
import { readPayment } from './payment-reading.ts';
import { type Plan, paymentsOf, planPayouts, type UsdcAccountPolicy } from './payout-planner.ts';
import { receiptAddress } from './receipt.ts';
import { quorumOf, type RpcPool } from './rpc.ts';
import {
  messageOf,
  payInstructions,
  transactionBytes,
  transactionBytesMax,
  usdcAccountOf,
} from './transaction-builder.ts';
import { explainFailure } from './transaction-failure.ts';
import { signTransaction } from './transaction-signing.ts';
import { readSignedByTreasury, readTreasuryHistory } from './treasury-history.ts';

export interface SolanaRailOptions {
  usdcMint: string;
  usdcAccountPolicy: UsdcAccountPolicy;
  /** The most one transfer may move, per asset. */
  payoutMax: Record<Asset, BaseUnits>;
  /** Micro-lamports per compute unit. */
  unitPriceMin: bigint;
  unitPriceMax: bigint;
}

export interface SolanaRailDeps {
  rpc: RpcPool;
  signer: TreasurySigner;
  clock: Clock;
  options: SolanaRailOptions;
}

/** What the parts of the rail share. */
export interface SolanaRailContext extends SolanaRailDeps {
  fees: FeeReader;
  /**
   * Wallets that a payment found below their rent minimum, though they had enough when it was
   * planned. Each such payment costs us a tombstone, so what they have counts no more.
   */
  emptied: Set<string>;
}

/** Pays in SOL and SPL USDC; see payment-rail.ts for what it promises. */
export function createSolanaPaymentRail(deps: SolanaRailDeps): PaymentRail {
  const { rpc, signer, options } = deps;
  const context = {
    ...deps,
    fees: createFeeReader({ rpc, clock: deps.clock, payer: signer.address, options }),
    emptied: new Set<string>(),
  };
  const treasury = signer.address;
  return {
    treasury,
    receiptAddress: (seed) => receiptAddress(treasury, seed),
    recallSigned: (signed) => signer.recall(signed),
    plan: (request) => plan(context, request),
    sign: (request) => signTransaction(context, request),

    async send(raw) {
      const params = [Buffer.from(raw).toString('base64'), sendOptions];
      await rpc.broadcast('sendTransaction', params);
    },

    async observe({ receiptAddresses, signatures }) {
      const [accounts, statuses, heights] = await Promise.all([
        readAccountsEach(rpc, receiptAddresses, 'finalized'),
        readStatusesEach(rpc, signatures),
        readBlockHeights(rpc, 'finalized'),
      ]);
      return {
        receipts: agreeOnReceipts(receiptAddresses, accounts, quorumOf(rpc)),
        progress: furthestProgress(signatures, statuses),
        blockHeight: Math.max(...heights),
        blockHeightMin: Math.min(...heights),
      };
    },

    async fate({ signature, raw, wallets }) {
      const answers = await readTransactionEach(rpc, signature, 'finalized');
      const found = agreeOnTransaction(answers, quorumOf(rpc));
      if (found === null) return null;
      const lamports = found.lamports.get(treasury);
      if (lamports === undefined) throw new Error('a transaction of ours names the treasury');
      const walletOf = new Map(
        wallets.map((wallet) => [usdcAccountOf(options.usdcMint, wallet), wallet]),
      );
      const failure =
        found.err === null ? null : explainFailure(found.err, messageOf(raw), walletOf);
      noteEmptied(context, failure);
      return {
        outcome: found.err === null ? 'landed' : 'failed',
        feeLamports: baseUnits(found.feeLamports),
        treasurySpentLamports: lamports.before - lamports.after,
        failure,
      } satisfies TransactionFate;
    },

    async isGone({ signature, receiptAddress: address, landedSignature }) {
      // Every attempt of a batch names its receipt, so one answer holds both or neither.
      const histories = await readFinalHistoryEach(rpc, address);
      if (histories.some((history) => history.includes(signature))) return false;
      const witnesses = histories.filter((history) => history.includes(landedSignature));
      return witnesses.length >= quorumOf(rpc);
    },

    treasuryHistory: (afterSignature) => readTreasuryHistory(rpc, treasury, afterSignature),
    isSignedByTreasury: (signature) => readSignedByTreasury(rpc, treasury, signature),
    readPayment: (request) => readPayment({ rpc, treasury, usdcMint: options.usdcMint }, request),
  };
}

const emptiedMax = 10_000;

/** Remembers whom to distrust. Forgetting it costs a few tombstones. */
export function noteEmptied(
  { emptied }: Pick<SolanaRailContext, 'emptied'>,
  failure: TransactionFailure | null,
): void {
  if (failure?.reason !== 'below_rent') return;
  if (emptied.size >= emptiedMax) emptied.clear();
  for (const wallet of failure.wallets) emptied.add(wallet);
}

/** The node neither checks nor repeats: both are ours to do, and both would only guess. */
const sendOptions = { encoding: 'base64', skipPreflight: true, maxRetries: 0 } as const;

async function plan(context: SolanaRailContext, request: PlanRequest): Promise<PayoutPlan> {
  const { rpc, signer, options, fees } = context;
  const treasury = signer.address;
  const wallets = [...new Set(request.due.map((payout) => payout.wallet))];
  const destinations =
    request.asset === 'SOL'
      ? wallets
      : wallets.map((wallet) => usdcAccountOf(options.usdcMint, wallet));
  const ownUsdc = usdcAccountOf(options.usdcMint, treasury);
  const [prices, accounts] = await Promise.all([
    fees.prices(),
    readAccounts(rpc, [treasury, ownUsdc, ...destinations], 'confirmed'),
  ]);
  const [own = null, ownToken = null, ...found] = accounts;
  const chosen = planPayouts({
    due: request.due,
    solDestinations: new Map(
      wallets.map((w, i) => {
        const destination = readSolDestination(found[i] ?? null);
        const isTrusted = destination.state === 'unusable' || !context.emptied.has(w);
        return [w, isTrusted ? destination : { ...destination, lamports: 0n }];
      }),
    ),
    usdcDestinations: new Map(
      wallets.map((w, i) => [w, readUsdcDestination(found[i] ?? null, w, options.usdcMint)]),
    ),
    rentEmpty: prices.rentEmpty,
    usdcAccountPolicy: options.usdcAccountPolicy,
    payoutMax: options.payoutMax[request.asset],
    capLeft: capLeftFor(signer, request),
    fits: (payouts, accountsToCreate) => fits(context, payouts, accountsToCreate),
  });
  const costLamports = costOf(prices, chosen, options);
  const usdc = readUsdcDestination(ownToken, treasury, options.usdcMint);
  const shortfall = shortfallOf(request, chosen, {
    costLamports,
    rentEmpty: prices.rentEmpty,
    sol: own?.lamports ?? 0n,
    usdc: usdc.state === 'usable' ? usdc.amount : 0n,
  });
  const capped = describeCap(signer, request.asset, chosen.overCap);
  return {
    take: chosen.take,
    hold: chosen.hold,
    wait: chosen.wait,
    costLamports,
    capped,
    shortfall,
  };
}

/** Batches that are open but not signed yet have their share coming. */
function capLeftFor(signer: TreasurySigner, { asset, open }: PlanRequest): bigint {
  const unsigned = open.filter(({ receiptSeed }) => !signer.counts(receiptSeed));
  const left: bigint = signer.remaining(asset);
  return unsigned.reduce((rest, { amount }) => rest - amount, left);
}

function describeCap(signer: TreasurySigner, asset: Asset, overCap: bigint | null): string | null {
  if (overCap === null) return null;
  const { atMs, cap } = signer.fits(asset, overCap);
  const at = new Date(atMs)
    .toISOString()
    .replace(/:\d\d\.\d{3}Z$/, ' UTC')
    .replace('T', ' ');
  return `${cap} payout cap reached: ${formatAmount(overCap, asset)} ${asset} can go at ${at}`;
}

function fits(
  { signer, options }: SolanaRailContext,
  payouts: readonly PayoutRow[],
  accountsToCreate: ReadonlySet<string>,
): boolean {
  const instructions = payInstructions({
    treasury: signer.address,
    usdcMint: options.usdcMint,
    receiptSeed: 'x'.repeat(32),
    receiptRent: 1n,
    payments: paymentsOf(payouts),
    accountsToCreate,
    // As long as any memo of ours: batch id and a two-digit attempt.
    memo: 'x'.repeat(33),
    budget: { unitsMax: 1, unitPrice: 1n },
  });
  return transactionBytes(signer.address, instructions) <= transactionBytesMax;
}

/** Payment, a second attempt, tombstone and reclaim. */
const feesReserved = 4n;
/** More units than any batch of ours uses; priority is paid on units asked for. */
const unitsReserved = 300_000n;

/** Payment and tombstone, in case both are needed. */
function costOf(prices: Prices, plan: Plan, options: SolanaRailOptions): BaseUnits {
  if (plan.take.length === 0) return zero;
  const priority = (unitsReserved * options.unitPriceMax) / 1_000_000n;
  const fees = feesReserved * (prices.baseFee + priority);
  const accounts = BigInt(plan.accountsToCreate.size) * prices.rentTokenAccount;
  return baseUnits(prices.rentEmpty + prices.rentTombstone + accounts + fees);
}

function shortfallOf(
  request: PlanRequest,
  plan: Plan,
  has: { costLamports: bigint; rentEmpty: bigint; sol: bigint; usdc: bigint },
): string | null {
  const total = plan.take.reduce((sum, payout) => sum + payout.amount, 0n);
  const { asset, reserved } = request;
  const solNeeded = has.costLamports + reserved.SOL + (asset === 'SOL' ? total : 0n);
  // The treasury itself must keep its rent minimum, or the transaction fails.
  if (has.sol < solNeeded + has.rentEmpty) return 'the treasury wallet is short of SOL';
  if (asset === 'USDC' && has.usdc < total + reserved.USDC) {
    return 'the treasury wallet is short of USDC';
  }
  return null;
}
