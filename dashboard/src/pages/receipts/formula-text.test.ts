import type { TFunction } from 'i18next';
import { expect, it } from 'vitest';
import { formatMoney } from '../../format.ts';
import { enReceipts } from '../../i18n/account/en-receipts.ts';
import { formulaText } from './formula-text.ts';

const sol = (amount: string) => ({ amount, asset: 'SOL' as const });
const price = {
  kind: 'fixed' as const,
  most: sol('0.001'),
  ratePerGpuHour: null,
  gpusBilled: 1,
  runLimitSec: 300,
  formula: 'as it was signed',
};
const fixed: Parameters<typeof formulaText>[0] = {
  settledAs: 'success',
  billedMs: 1_500,
  providerShare: sol('0.001'),
  price,
};
const write = (key: keyof typeof enReceipts, values: Record<string, string> = {}) =>
  enReceipts[key].replace(/{{(\w+)}}/g, (_, name: string) => values[name] ?? '?');
const tell = (receipt: Parameters<typeof formulaText>[0]) =>
  formulaText(receipt, {
    money: (value) => formatMoney(value, 'en'),
    number: (value) => value.toLocaleString('en'),
    t: write as unknown as TFunction,
  });

it('tells how the share of the provider follows', () => {
  expect(tell(fixed)).toBe('The provider gets the whole reward: 0.001 SOL.');
  const part = { ...fixed, settledAs: 'requester_run' as const, providerShare: sol('0.000005') };
  expect(tell(part)).toBe('0.001 SOL × 1,500 ms ÷ 300,000 ms = 0.000005 SOL');
  expect(tell({ ...part, billedMs: 900_000 })).toContain('× 300,000 ms ÷ 300,000 ms');
  expect(tell({ ...part, settledAs: 'platform' })).toBe(
    '0.001 SOL × 1,500 ms ÷ 300,000 ms = 0.000005 SOL (as far as the fees earned went)',
  );
  expect(tell({ ...fixed, settledAs: 'provider' })).toBe('Nothing is due to the provider.');
  const metered = { ...price, kind: 'metered' as const, gpusBilled: 2 };
  expect(tell({ ...fixed, price: metered }), 'without a rate').toBe('as it was signed');
  expect(tell({ ...fixed, price: { ...metered, ratePerGpuHour: sol('0.36') } })).toBe(
    '0.36 SOL per hour × 2 × 1,500 ms ÷ 3,600,000 ms, at most 0.001 SOL = 0.001 SOL',
  );
});
