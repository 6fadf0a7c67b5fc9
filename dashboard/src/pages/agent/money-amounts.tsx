import type { Money } from '@node3/shared/money';
import { shownAssets } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';

interface MoneyAmountsProps {
  SOL: Money;
  USDC: Money;
  big?: true;
}

/** Both assets, each on its line; one that is zero is left out where the other isn't. */
export function MoneyAmounts({ SOL, USDC, big }: MoneyAmountsProps) {
  const format = useFormat();
  return (
    <span className={big ? 'amount-big' : 'stat-money'}>
      {shownAssets({ SOL, USDC }).map((money) => (
        <span key={money.asset}>{format.money(money)}</span>
      ))}
    </span>
  );
}
