import { isMarketError } from '@node3/shared/error';
import {
  type Asset,
  assetDecimals,
  assets,
  type BaseUnits,
  type Money,
  parseAmount,
  toMoney,
} from '@node3/shared/money';
import { usageError } from '../command-error.ts';

export function parseAsset(text: string): Asset {
  const asset = findAsset(text);
  if (asset !== undefined) return asset;
  throw usageError(`--asset is "${text}".`, `Write one of: ${assets.join(', ')}.`);
}

function findAsset(text: string): Asset | undefined {
  return assets.find((name) => name === text.toUpperCase());
}

/** Reads an amount above zero. `0.001` and `0.001 USDC` are both fine; the asset option is the default. */
export function parseMoney(option: string, text: string, assetText: string): Money {
  const [amount = '', named, ...rest] = text.trim().split(/\s+|(?<=\d)(?=[A-Za-z])/);
  if (rest.length > 0) throw notMoney(option, text);
  const asset = named === undefined ? parseAsset(assetText) : findAsset(named);
  if (asset === undefined) throw notMoney(option, text);
  const value = readAmount(amount, asset);
  if (value === null) throw notMoney(option, text, asset);
  if (value === 0n) throw usageError(`${option} is zero.`, 'Give an amount above zero.');
  return toMoney(value, asset);
}

/** @returns null for what is no amount, or one that the asset can't be divided into. */
function readAmount(amount: string, asset: Asset): BaseUnits | null {
  try {
    return parseAmount(amount, asset);
  } catch (error) {
    if (isMarketError(error, 'AMOUNT_INVALID')) return null;
    throw error;
  }
}

function notMoney(option: string, text: string, asset?: Asset) {
  const kind =
    asset === undefined ? '' : ` of ${asset} with up to ${assetDecimals[asset]} decimal places`;
  return usageError(`${option} is "${text}", which is not an amount${kind}.`, 'Write it as 0.001.');
}
