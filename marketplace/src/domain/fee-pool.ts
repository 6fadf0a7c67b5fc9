import { type Asset, type BaseUnits, baseUnits, zero } from '@node3/shared/money';
import type { LedgerView } from '../store/job-store.ts';
import { feeNetwork, feeRevenue, operatorCapital, rentFloat } from './ledger-accounts.ts';

/**
 * What the marketplace can give of the fees it earned. Network fees and rent are paid in SOL from
 * what the operator put in and earned, so what they took of the earnings is not there any more.
 */
export function feePoolOf(ledger: LedgerView, asset: Asset): BaseUnits {
  const earned = ledger.balance(feeRevenue, asset);
  const put = ledger.balance(operatorCapital, asset);
  const spent = ledger.balance(feeNetwork, asset) + ledger.balance(rentFloat, asset);
  const left = put + earned - spent;
  if (left <= 0n) return zero;
  return baseUnits(left < earned ? left : earned);
}
