import type { Cluster } from '@node3/shared/cluster';
import { type Loop, startLoop } from '@node3/shared/loop';
import { type BaseUnits, baseUnits } from '@node3/shared/money';
import { chainTreasury } from '../../domain/ledger-accounts.ts';
import { closedGate, type PayoutGate } from '../payout-gate.ts';
import { readAccounts } from '../solana/chain-reads.ts';
import { readUsdcDestination, type UsdcDestination } from '../solana/destinations.ts';
import { usdcAccountOf } from '../solana/transaction-builder.ts';
import type { X402, X402Offer } from '../x402-port.ts';
import { x402Networks } from './networks.ts';
import { payerOf, readPaymentMessage } from './payment-message.ts';
import { PaymentSettler } from './payment-settler.ts';
import { createPaymentVerifier } from './payment-verifier.ts';
import type { SettlementDeps } from './settlement-context.ts';
import { settleOpenPayments } from './settlement-turn.ts';

export interface X402Options extends Omit<SettlementDeps, 'offer' | 'usdcAccount'> {
  cluster: Cluster;
  usdcMint: string;
  /** The treasury's wallet. */
  payTo: string;
  /** What stops payouts stops payments too: nobody pays into books that don't add up. */
  gates: readonly PayoutGate[];
}

export interface RunningX402 extends X402 {
  /** One turn over all open payments. */
  step(): Promise<void>;
  /** Looks whether payments can be taken. */
  refresh(): Promise<void>;
  /** Drives payments on until it is stopped; what an earlier process left open comes first. */
  start(): void;
  stop(): Promise<void>;
}

/** Enough for a hundred payments; below it, payments are not taken until the operator adds some. */
const feePayerLamportsMin = 1_000_000n;
const refreshMs = 30_000;
/** A balance that was read longer ago is not known any more. */
const balanceMsMax = 4 * refreshMs;

/** Puts the parts together and looks whether payments can be taken. Signs and sends nothing. */
export async function openX402(options: X402Options): Promise<RunningX402> {
  const { cluster, usdcMint, payTo, clock, log, settings } = options;
  const offer: X402Offer = {
    networks: x402Networks[cluster],
    usdcMint,
    payTo,
    feePayer: options.feePayer.address,
  };
  const deps = { ...options, offer, usdcAccount: usdcAccountOf(usdcMint, payTo) };
  const verify = createPaymentVerifier(deps.rpc, offer);
  const settler = new PaymentSettler(deps, verify);
  let closed: string | null = null;
  let feePayerLamports: BaseUnits | null = null;
  let refreshedAtMs = Number.NEGATIVE_INFINITY;
  let loop: Loop | null = null;

  async function refresh(): Promise<void> {
    const before = closed;
    ({ closed, feePayerLamports } = await look(deps));
    refreshedAtMs = clock.monotonicMs();
    if (closed !== before) log.warn({ closed }, 'x402 payments opened or closed');
  }

  async function step(): Promise<void> {
    await settleOpenPayments(deps, settler);
  }

  await refresh();
  return {
    offer,
    step,
    refresh,
    closed: async () => (await closedGate(options.gates)) ?? closed,
    feePayerLamports() {
      return clock.monotonicMs() - refreshedAtMs > balanceMsMax ? null : feePayerLamports;
    },
    read(transaction, paymentId) {
      const message = readPaymentMessage(transaction);
      const payer = message === null ? null : payerOf(message);
      if (message === null || payer === null) return null;
      const { messageHash, memos } = message;
      return { transaction, messageHash, payer, memo: memos[0] ?? null, paymentId };
    },
    verify,
    settle: (payment, charge) => settler.settle(payment, charge),
    resume: (settlement) => settler.resume(settlement),
    start() {
      loop = startLoop({
        name: 'x402-settler',
        intervalMs: settings.turnMs,
        log,
        async run() {
          if (clock.monotonicMs() - refreshedAtMs >= refreshMs) await refresh();
          await step();
        },
      });
    },
    async stop() {
      await settler.stop();
      await loop?.stop();
    },
  };
}

type Checked = SettlementDeps & Pick<X402Options, 'payTo' | 'usdcMint'>;

interface Look {
  /** Why no payments can be taken; null when they can. */
  closed: string | null;
  feePayerLamports: BaseUnits | null;
}

/** Found before anybody pays: a client never opens the account it pays into. */
async function look(deps: Checked): Promise<Look> {
  const { rpc, offer, usdcAccount, log } = deps;
  try {
    const addresses = [usdcAccount, offer.feePayer];
    const [token = null, payer = null] = await readAccounts(rpc, addresses, 'confirmed');
    const { state } = readUsdcDestination(token, offer.payTo, offer.usdcMint);
    const feePayerLamports = baseUnits(payer?.lamports ?? 0n);
    return { feePayerLamports, closed: await whyClosed(deps, { usdc: state, feePayerLamports }) };
  } catch (error) {
    log.warn({ err: error }, 'x402 could not be checked');
    return { closed: 'The Solana cluster does not answer.', feePayerLamports: null };
  }
}

async function whyClosed(
  { store, offer, usdcAccount }: Checked,
  found: { usdc: UsdcDestination['state']; feePayerLamports: BaseUnits },
): Promise<string | null> {
  if (found.usdc !== 'usable') {
    return `The marketplace has no USDC account yet: ${usdcAccount} has to be opened.`;
  }
  if (found.feePayerLamports < feePayerLamportsMin) {
    return `The wallet ${offer.feePayer}, which pays network fees, needs SOL.`;
  }
  if (offer.feePayer !== offer.payTo) return null;
  // The chain's balance may be other people's deposits; the ledger says what fees can come from.
  const booked = await store.ledgerBalance(chainTreasury, 'SOL');
  return booked < feePayerLamportsMin
    ? 'The operator has not put in SOL for network fees yet.'
    : null;
}
