import type { Receipt } from '@node3/shared/routes/receipts';
import type { TFunction } from 'i18next';

const msPerHour = 3_600_000;
const msPerSec = 1_000;

type Figures = Pick<Receipt, 'settledAs' | 'billedMs' | 'providerShare'> & {
  price: Pick<
    Receipt['price'],
    'kind' | 'most' | 'ratePerGpuHour' | 'gpusBilled' | 'runLimitSec' | 'formula'
  >;
};
type Money = Receipt['held'];

interface Writers {
  money: (value: Money) => string;
  number: (value: number) => string;
  t: TFunction;
}

/**
 * How the share of the provider follows, told in the reader's language from the figures of the receipt.
 * The sentence that was signed stands in the receipt itself.
 */
export function formulaText(receipt: Figures, { money, number, t }: Writers): string {
  const { settledAs, billedMs, price } = receipt;
  const { kind, most, ratePerGpuHour: rate, gpusBilled, runLimitSec } = price;
  const share = money(receipt.providerShare);
  const within = (text: string) =>
    settledAs === 'platform' ? t('receipts.formula.limited', { text }) : text;
  if (settledAs === 'requester_free' || settledAs === 'nobody' || settledAs === 'provider') {
    return t('receipts.formula.nothing');
  }
  if (kind === 'metered') {
    if (rate === null) return price.formula;
    const values = { rate: money(rate), most: money(most), units: number(gpusBilled), share };
    const times = { ms: number(billedMs), hour: number(msPerHour) };
    return within(t('receipts.formula.metered', { ...values, ...times }));
  }
  if (settledAs === 'success') return t('receipts.formula.reward', { share });
  const limitMs = runLimitSec * msPerSec;
  const times = { ms: number(Math.min(billedMs, limitMs)), limit: number(limitMs) };
  return within(t('receipts.formula.share', { reward: money(most), share, ...times }));
}
