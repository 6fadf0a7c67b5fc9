import type { Clock } from '@node3/shared/clock';
import { type BaseUnits, baseUnits, toMoney } from '@node3/shared/money';
import type { Treasury } from '../payments/treasury-port.ts';
import type { Store } from '../store/store.ts';
import { creditDeposit } from './claim-deposit.ts';

/** What the seed's `fund-wallet` asks for. */
export const airdropLamports: BaseUnits = baseUnits(2_000_000_000n);

interface Deps {
  store: Store;
  clock: Clock;
  treasury: Treasury;
  operatorAccountId: string;
}

/** Airdrops to the treasury and credits the operator's own account, which pays for its jobs. */
export async function fundTreasury(deps: Deps) {
  const { signature } = await deps.treasury.airdrop(airdropLamports);
  await creditDeposit(deps, deps.operatorAccountId, signature, [
    { asset: 'SOL', amount: airdropLamports },
  ]);
  return { signature, credited: toMoney(airdropLamports, 'SOL') };
}
