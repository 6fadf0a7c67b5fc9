import type { Clock } from '@node3/shared/clock';
import { type BaseUnits, baseUnits, subtract, toMoney, zero } from '@node3/shared/money';
import { chainTreasury, operatorCapital } from '../domain/ledger-accounts.ts';
import type { Treasury } from '../payments/treasury-port.ts';
import type { Store } from '../store/store.ts';
import { creditDeposit } from './claim-deposit.ts';

/** What the seed's `fund-wallet` asks for. */
const airdropLamports: BaseUnits = baseUnits(2_000_000_000n);
/** The treasury pays fees and lends rent from the operator's capital: this much comes first. */
const capitalTarget: BaseUnits = baseUnits(500_000_000n);

interface Deps {
  store: Store;
  clock: Clock;
  treasury: Treasury;
  operatorAccountId: string;
}

/**
 * Airdrops to the treasury: what the capital for fees lacks goes there, the rest to the operator's
 * own account, which pays for its jobs. Rejects with FAUCET_UNAVAILABLE on a cluster with real money.
 */
export async function fundTreasury(deps: Deps) {
  const { store, clock, operatorAccountId } = deps;
  const { signature } = await deps.treasury.airdrop(airdropLamports);
  const capital = await store.ledgerBalance(operatorCapital, 'SOL');
  const lacking = capital >= capitalTarget ? zero : subtract(capitalTarget, capital);
  if (lacking > zero) {
    const transfer = {
      transferId: `dep:${signature}:capital`,
      kind: 'deposit' as const,
      ref: signature,
      debit: chainTreasury,
      credit: operatorCapital,
      asset: 'SOL' as const,
      amount: lacking,
    };
    await store.postTransfers([transfer], [], clock.nowMs());
  }
  const amount = subtract(airdropLamports, lacking);
  await creditDeposit(deps, operatorAccountId, signature, [{ asset: 'SOL', amount }]);
  return { signature, credited: toMoney(amount, 'SOL') };
}
