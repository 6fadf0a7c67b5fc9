import type { Asset, Money } from '@node3/shared/money';

/** A change of money as it is shown; null where nothing changed. */
export interface SignedMoney {
  sign: '+' | '−';
  money: Money;
}

/** Reads what a statement says of one part of the money, such as `-0.25`. */
export function readSigned(text: string, asset: Asset): SignedMoney | null {
  if (/^-?[0.]+$/.test(text)) return null;
  const isLess = text.startsWith('-');
  return { sign: isLess ? '−' : '+', money: { amount: isLess ? text.slice(1) : text, asset } };
}
