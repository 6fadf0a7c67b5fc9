import { type Asset, type BaseUnits, formatAmount } from '@node3/shared/money';
import type { SettlementRow } from '@node3/shared/settlement-table';
import type { PriceTerms } from './settlement.ts';

/** How a provider's share follows from the terms of its job, for a person to follow with a pencil. */
export function priceFormula(
  row: SettlementRow,
  terms: PriceTerms,
  billedMs: number,
  paid: { asset: Asset; providerShare: BaseUnits },
): string {
  const { asset } = paid;
  const money = (amount: BaseUnits) => `${formatAmount(amount, asset)} ${asset}`;
  const result = money(paid.providerShare);
  if (row === 'requester_free' || row === 'nobody' || row === 'provider') {
    return `nothing is due = ${result}`;
  }
  const limited = row === 'platform' ? ', as far as the fees earned go' : '';
  if (terms.kind === 'metered') {
    const { rate, units, cap } = terms;
    const run = `${money(rate)} per hour × ${units} × ${billedMs} ms ÷ 3600000 ms`;
    return `${run}, at most ${money(cap)}${limited} = ${result}`;
  }
  if (row === 'success') return `the reward = ${result}`;
  const shareMs = Math.min(billedMs, terms.runLimitMs);
  return `${money(terms.reward)} × ${shareMs} ms ÷ ${terms.runLimitMs} ms${limited} = ${result}`;
}
