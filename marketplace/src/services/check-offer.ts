import type { Asks, Offer } from '@node3/shared/device';
import { isMarketError, MarketError } from '@node3/shared/error';
import { type Asset, assets, fromMoney, type Money } from '@node3/shared/money';

/**
 * Refuses an offer that contradicts itself. Every posting and every quote looks at all offers, so
 * one that can't be read would stop the jobs of everybody.
 */
export function checkOffer({ devices, asks, classAsks = {} }: Offer): void {
  // A device that is named twice would be counted, and leased, twice.
  if (new Set(devices.map(({ id }) => id)).size !== devices.length) {
    throw refuse('/offer/devices', 'must not name the same id twice');
  }
  if (asks !== undefined) checkAsks(asks, '/offer/asks');
  for (const [name, own] of Object.entries(classAsks)) checkAsks(own, `/offer/classAsks/${name}`);
}

function checkAsks(asks: Asks, pointer: string): void {
  for (const asset of assets) {
    const ask = asks[asset];
    if (ask === null || isAmountOf(ask, asset)) continue;
    throw refuse(`${pointer}/${asset}`, `must be an amount that ${asset} can have`);
  }
}

function isAmountOf(money: Money, asset: Asset): boolean {
  try {
    fromMoney(money);
  } catch (error) {
    if (isMarketError(error, 'AMOUNT_INVALID')) return false;
    throw error;
  }
  return money.asset === asset;
}

function refuse(pointer: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
}
