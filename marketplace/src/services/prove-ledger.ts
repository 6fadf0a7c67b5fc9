import { type Asset, assets, baseUnits, formatAmount, toMoney, zero } from '@node3/shared/money';
import type { LedgerProof, ReservesView } from '@node3/shared/routes/ledger';
import { toTimestamp } from '@node3/shared/schema';
import type { Reserve, Reserves } from '../payments/reserves.ts';
import type { LedgerAudit } from '../store/store.ts';

/** The auditor as the routes see it. */
export interface LedgerProofs {
  /** Reads everything from the first entry on, and the chain. */
  verify(): Promise<{ audit: LedgerAudit; reserves: Reserves; atMs: number }>;
  reserves(): Promise<Reserves>;
  /** What the last audit found. */
  balanced(): Promise<boolean>;
}

export async function proveLedger(ledger: LedgerProofs): Promise<LedgerProof> {
  const { audit, reserves, atMs } = await ledger.verify();
  const problems = [...audit.problems, ...reserveProblems(reserves)];
  return {
    verified: problems.length === 0,
    problems,
    entries: audit.entry,
    head: Buffer.from(audit.hash).toString('hex'),
    reserves: viewReserves(reserves),
    verifiedAt: toTimestamp(atMs),
  };
}

export function viewReserves(reserves: Reserves): ReservesView {
  const isShort = assets.some((asset) => reserves[asset].deficit > zero);
  const isKnown = assets.every((asset) => reserves[asset].onChain !== null);
  return {
    state: isShort ? 'short' : isKnown ? 'covered' : 'unknown',
    SOL: viewReserve(reserves.SOL, 'SOL'),
    USDC: viewReserve(reserves.USDC, 'USDC'),
  };
}

function viewReserve(reserve: Reserve, asset: Asset): ReservesView['SOL'] {
  const { onChain, ledger, inbound, liabilities } = reserve;
  const own = ledger + inbound - liabilities;
  return {
    onChain: onChain === null ? null : toMoney(onChain, asset),
    ledger: toMoney(ledger, asset),
    onItsWay: toMoney(reserve.onItsWay, asset),
    inbound: toMoney(inbound, asset),
    liabilities: toMoney(liabilities, asset),
    own: toMoney(baseUnits(own > 0n ? own : 0n), asset),
    surplus: toMoney(reserve.surplus, asset),
    deficit: toMoney(reserve.deficit, asset),
  };
}

function reserveProblems(reserves: Reserves): string[] {
  return assets.flatMap((asset) => {
    const { onChain, ledger, liabilities, deficit } = reserves[asset];
    if (onChain === null || deficit === zero) return [];
    const [has, says, owed, missing] = [onChain, ledger, liabilities, deficit].map((amount) =>
      formatAmount(amount, asset),
    );
    return [
      `The treasury holds ${has} ${asset} on chain; the ledger says ${says}, and ${owed} are owed: ${missing} are missing.`,
    ];
  });
}
