import { MarketError } from './error.ts';

declare const baseUnitsBrand: unique symbol;

/** An integer count of an asset's smallest unit: lamports for SOL, micro-USDC for USDC. Never a float. */
export type BaseUnits = bigint & { readonly [baseUnitsBrand]: true };

export const assets = ['SOL', 'USDC'] as const;
export type Asset = (typeof assets)[number];

/** Decimal places: 1 SOL = 10^9 lamports, 1 USDC = 10^6 micro-USDC. */
export const assetDecimals: Record<Asset, number> = { SOL: 9, USDC: 6 };

/** Money on the wire: `amount` is a decimal string in whole units, such as `"0.001"`. */
export interface Money {
  amount: string;
  asset: Asset;
}

/** The largest amount accepted anywhere: what a signed 64-bit database column holds. */
export const baseUnitsMax = (1n << 63n) - 1n;

/** The grammar of an amount: digits, optionally a point and up to nine more digits; no sign, no exponent. */
export const amountPattern = '^(0|[1-9][0-9]{0,11})(\\.[0-9]{1,9})?$';
const amountRegex = new RegExp(amountPattern);

/** Brands a non-negative integer as base units. Throws AMOUNT_INVALID outside 0…2^63−1. */
export function baseUnits(value: bigint): BaseUnits {
  if (value < 0n || value > baseUnitsMax) {
    throw new MarketError('AMOUNT_INVALID', { value: String(value), reason: 'out of range' });
  }
  return value as BaseUnits;
}

export const zero = 0n as BaseUnits;

/** Reads a decimal string exactly. Throws AMOUNT_INVALID for anything it would have to round. */
export function parseAmount(text: string, asset: Asset): BaseUnits {
  const decimals = assetDecimals[asset];
  if (!amountRegex.test(text)) {
    throw new MarketError('AMOUNT_INVALID', { value: text.slice(0, 64), reason: 'not a decimal' });
  }
  const point = text.indexOf('.');
  if (point < 0) return baseUnits(BigInt(text + zeros.slice(0, decimals)));
  const fraction = text.slice(point + 1, point + 1 + decimals);
  if (!isZeros(text, point + 1 + decimals)) {
    const reason = `${asset} has ${decimals} decimal places`;
    throw new MarketError('AMOUNT_INVALID', { value: text, reason });
  }
  const scaled = text.slice(0, point) + fraction + zeros.slice(0, decimals - fraction.length);
  return baseUnits(BigInt(scaled));
}

const zeros = '000000000';

function isZeros(text: string, from: number): boolean {
  for (let at = from; at < text.length; at += 1) if (text[at] !== '0') return false;
  return true;
}

/** Writes base units as the shortest exact decimal string: `1500000` USDC is `"1.5"`. */
export function formatAmount(value: bigint, asset: Asset): string {
  const decimals = assetDecimals[asset];
  const digits = String(value < 0n ? -value : value).padStart(decimals + 1, '0');
  const whole = digits.slice(0, -decimals);
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const sign = value < 0n ? '-' : '';
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

export function toMoney(value: bigint, asset: Asset): Money {
  return { amount: formatAmount(value, asset), asset };
}

export function fromMoney(money: Money): BaseUnits {
  return parseAmount(money.amount, money.asset);
}

/** Adds with the range check of `baseUnits`. */
export function add(a: BaseUnits, b: BaseUnits): BaseUnits {
  return baseUnits(a + b);
}

/** Subtracts; a negative result throws AMOUNT_INVALID. */
export function subtract(a: BaseUnits, b: BaseUnits): BaseUnits {
  return baseUnits(a - b);
}

/** `value × numerator / denominator`, rounded down; the caller gives the remainder to the other side. */
export function share(value: BaseUnits, numerator: bigint, denominator: bigint): BaseUnits {
  return baseUnits((value * numerator) / denominator);
}
