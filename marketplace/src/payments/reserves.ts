import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';
import { type Asset, assets, type BaseUnits, baseUnits, zero } from '@node3/shared/money';
import type { PayoutStore } from '../store/payout-store.ts';
import type { LedgerStore } from '../store/store.ts';
import type { X402Store } from '../store/x402-store.ts';
import type { Treasury } from './treasury-port.ts';

/** What one asset's money on chain is, beside what the ledger says that it is. Base units. */
export interface Reserve {
  /** Finalized balance of the treasury; null where the chain did not answer. */
  onChain: BaseUnits | null;
  /** What the treasury holds by the ledger. */
  ledger: BaseUnits;
  /** May have left the treasury already and is not booked yet: open batches, fees. */
  onItsWay: BaseUnits;
  /** Credited to its payer already, and not final in the treasury yet. */
  inbound: BaseUnits;
  /** What is owed to users, providers and unknown senders. */
  liabilities: BaseUnits;
  /** On chain beyond the ledger: deposits that nobody has claimed yet, gifts. No problem. */
  surplus: BaseUnits;
  /** What is missing on chain for the ledger, or for what is owed, whichever is more. */
  deficit: BaseUnits;
}

export type Reserves = Record<Asset, Reserve>;

export interface ReserveDeps {
  store: Pick<LedgerStore, 'ledgerTotals'> &
    Pick<PayoutStore, 'openBatches' | 'unresolvedAttempts' | 'openReclaims'> &
    Pick<X402Store, 'unsettledX402'>;
  clock: Pick<Clock, 'nowMs'>;
  treasury: Pick<Treasury, 'balances'>;
  /** Time between the two reads that a deficit takes, milliseconds. */
  confirmMs: number;
}

/** What one transaction may have cost that is not booked: the most its signer allows, twice over. */
const attemptLamportsMax = 300_000n;
/** Late attempts and open payments looked at; more than ever wait at a time. */
const openLooked = 1_000;

/**
 * Compares the chain with the ledger. A deficit counts only when a second, later read has it too:
 * a transaction that lands between two reads, or a node that is behind, must stop nobody's payout.
 */
export async function proveReserves(deps: ReserveDeps, signal?: AbortSignal): Promise<Reserves> {
  const first = await readReserves(deps);
  if (!isShort(first)) return first;
  await sleep(deps.confirmMs, undefined, { ref: false, ...(signal && { signal }) });
  const second = await readReserves(deps);
  return {
    SOL: agreed(first.SOL, second.SOL),
    USDC: agreed(first.USDC, second.USDC),
  };
}

export function isShort(reserves: Reserves): boolean {
  return assets.some((asset) => reserves[asset].deficit > zero);
}

function agreed(first: Reserve, second: Reserve): Reserve {
  const deficit = first.deficit < second.deficit ? first.deficit : second.deficit;
  return { ...second, deficit };
}

/** The ledger first: what is credited while the chain answers can only look like a surplus. */
async function readReserves(deps: ReserveDeps): Promise<Reserves> {
  const { store, treasury } = deps;
  const [totals, moving] = await Promise.all([store.ledgerTotals(), readMoving(deps)]);
  const onChain = await treasury.balances();
  const compare = (asset: Asset) =>
    compareReserve({
      onChain: onChain[asset],
      ledger: totals.treasury[asset],
      onItsWay: moving.onItsWay[asset],
      inbound: moving.inbound[asset],
      liabilities: totals.liabilities[asset],
    });
  return { SOL: compare('SOL'), USDC: compare('USDC') };
}

function compareReserve(read: Omit<Reserve, 'surplus' | 'deficit'>): Reserve {
  const { onChain, ledger, onItsWay, inbound } = read;
  if (onChain === null) return { ...read, surplus: zero, deficit: zero };
  const owed = read.liabilities - inbound;
  const missing = (ledger > owed ? ledger : owed) - onItsWay - onChain;
  const beyond = onChain - ledger;
  return {
    ...read,
    surplus: beyond > 0n ? baseUnits(beyond) : zero,
    deficit: missing > 0n ? baseUnits(missing) : zero,
  };
}

type Amounts = Record<Asset, BaseUnits>;

async function readMoving(deps: ReserveDeps): Promise<{ onItsWay: Amounts; inbound: Amounts }> {
  const { store, clock } = deps;
  const [batches, late, reclaims, payments] = await Promise.all([
    store.openBatches(),
    store.unresolvedAttempts(openLooked),
    store.openReclaims(),
    store.unsettledX402(clock.nowMs(), openLooked),
  ]);
  const out: Record<Asset, bigint> = { SOL: 0n, USDC: 0n };
  for (const batch of batches) {
    for (const { amount } of batch.payouts) out[batch.asset] += amount;
    out.SOL += batch.costLamports + BigInt(batch.attempts.length) * attemptLamportsMax;
  }
  out.SOL += BigInt(late.length + reclaims.length) * attemptLamportsMax;
  let credited = 0n;
  for (const { state, amount, feeLamportsMax } of payments) {
    out.SOL += feeLamportsMax;
    if (state === 'confirmed') credited += amount;
  }
  return {
    onItsWay: { SOL: baseUnits(out.SOL), USDC: baseUnits(out.USDC) },
    inbound: { SOL: zero, USDC: baseUnits(credited) },
  };
}
