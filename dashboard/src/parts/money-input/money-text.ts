import { MarketError } from '@node3/shared/error';
import {
  type Asset,
  assetDecimals,
  assets,
  type BaseUnits,
  fromMoney,
  type Money,
  parseAmount,
  toMoney,
} from '@node3/shared/money';

/** What stands in the field, as it was typed. */
export interface MoneyText {
  text: string;
  asset: Asset;
}

/** The bounds of an amount, by asset; null where there is none. */
export interface MoneyLimits {
  least: Record<Asset, Money | null>;
  most: Record<Asset, Money | null>;
}

export const noLimits: MoneyLimits = {
  least: { SOL: null, USDC: null },
  most: { SOL: null, USDC: null },
};

export type MoneyProblem =
  | { kind: 'empty' | 'form' | 'zero' }
  | { kind: 'decimals'; asset: Asset; decimals: number }
  | { kind: 'less' | 'more'; limit: Money };

export type ReadMoney = { money: Money; problem: null } | { money: null; problem: MoneyProblem };

/** Reads an amount exactly: what would have to be rounded, or guessed, is a problem. */
export function readMoneyText({ text, asset }: MoneyText, limits: MoneyLimits): ReadMoney {
  const typed = text.trim();
  const failed = (problem: MoneyProblem) => ({ money: null, problem });
  if (typed === '') return failed({ kind: 'empty' });
  const amount = readAmount(typed, asset);
  if (amount === null) {
    const digits = typed.split('.')[1]?.length ?? 0;
    const decimals = assetDecimals[asset];
    const isTooFine = digits > decimals && /^[0-9]+\.[0-9]+$/.test(typed);
    return failed(isTooFine ? { kind: 'decimals', asset, decimals } : { kind: 'form' });
  }
  if (amount === 0n) return failed({ kind: 'zero' });
  const { [asset]: least } = limits.least;
  const { [asset]: most } = limits.most;
  if (least !== null && amount < fromMoney(least)) return failed({ kind: 'less', limit: least });
  if (most !== null && amount > fromMoney(most)) return failed({ kind: 'more', limit: most });
  return { money: toMoney(amount, asset), problem: null };
}

function readAmount(text: string, asset: Asset): BaseUnits | null {
  try {
    return parseAmount(text, asset);
  } catch (error) {
    if (error instanceof MarketError) return null;
    throw error;
  }
}

/** Whether a text can be a cap: an amount, 0 as well (nothing may be spent), or empty for none. */
export function isCapText(text: string, asset: Asset): boolean {
  const { problem } = readMoneyText({ text, asset }, noLimits);
  return problem === null || problem.kind === 'zero' || problem.kind === 'empty';
}

export function isAsset(value: string | null): value is Asset {
  return assets.some((asset) => asset === value);
}
