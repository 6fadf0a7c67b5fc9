import { type BaseUnits, baseUnits, subtract, toMoney, zero } from '@node3/shared/money';
import { operatorCapital, userAvailable } from '../domain/ledger-accounts.ts';
import { faucetPurposes, type Treasury } from '../payments/treasury-port.ts';
import type { Store } from '../store/store.ts';
import { type ObserveDepositDeps, observeDeposit } from './observe-deposit.ts';

/** What the seed's `fund-wallet` asks for. */
const airdropLamports: BaseUnits = baseUnits(2_000_000_000n);
/** The treasury pays fees and lends rent from the operator's capital: this much comes first. */
const capitalTarget: BaseUnits = baseUnits(500_000_000n);

interface Deps extends ObserveDepositDeps {
  store: Store;
  treasury: Treasury;
}

/**
 * Airdrops to the treasury: a deposit to the operator's own account, which pays for its jobs. What
 * the capital for fees lacks is then set apart from it. Rejects with FAUCET_UNAVAILABLE on a cluster
 * with real money.
 */
export async function fundTreasury(deps: Deps) {
  const { store, clock, operatorAccountId } = deps;
  const { signature } = await deps.treasury.airdrop(airdropLamports, faucetPurposes.operator);
  await observeDeposit(deps, signature);
  const capital = await store.ledgerBalance(operatorCapital, 'SOL');
  const lacking = capital >= capitalTarget ? zero : subtract(capitalTarget, capital);
  if (lacking > zero) {
    const transfer = {
      transferId: `capital:${signature}`,
      kind: 'capital' as const,
      ref: signature,
      debit: userAvailable(operatorAccountId),
      credit: operatorCapital,
      asset: 'SOL' as const,
      amount: lacking,
    };
    await store.postTransfers([transfer], [], clock.nowMs());
  }
  return { signature, credited: toMoney(subtract(airdropLamports, lacking), 'SOL') };
}
