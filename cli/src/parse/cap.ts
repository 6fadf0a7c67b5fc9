import type { Asset } from '@node3/shared/money';
import { usageError } from '../command-error.ts';
import { parseMoney } from './money.ts';

/** undefined leaves a cap as it is, null takes it away, and 0 lets nothing be spent. */
export function readCap(
  option: string,
  text: string | undefined,
  asset: Asset,
): string | null | undefined {
  if (text === undefined) return undefined;
  if (text === 'none') return null;
  if (text === '0') return '0';
  const money = parseMoney(option, text, asset);
  if (money.asset === asset) return money.amount;
  throw usageError(
    `${option} is in ${money.asset}, and these caps are in ${asset}.`,
    `For caps in ${money.asset}: --asset ${money.asset}`,
  );
}

/** Those that are stored, with those that are named in their place. */
export function mergeCaps<T extends object>(
  stored: T,
  named: { [K in keyof T]?: T[K] | undefined },
): T {
  const set = Object.entries(named).filter(([, cap]) => cap !== undefined);
  return { ...stored, ...Object.fromEntries(set) };
}
