import { MarketError } from '@node3/shared/error';
import type { JobSpec } from '@node3/shared/job-spec';
import { billedUnits, priceMax, secondsWithinCap } from '@node3/shared/metering';
import { add, type BaseUnits, fromMoney } from '@node3/shared/money';
import { feeOn } from '../domain/settlement.ts';

/** What a job costs at most. */
export interface JobPrice {
  /** The most the provider can get: the reward, or the cap of a metered job. */
  reward: BaseUnits;
  /** Reward and fee together: what is held. */
  price: BaseUnits;
  feeBasisPoints: number;
}

export function priceJob(spec: JobSpec, feeBasisPoints: number): JobPrice {
  const reward = fromMoney(priceMax(spec.price));
  return { reward, price: add(reward, feeOn(reward, feeBasisPoints)), feeBasisPoints };
}

/** Throws AMOUNT_INVALID for a price that no run could be paid with. */
export function checkPrice({ price, resources }: JobSpec): void {
  if (price.kind === 'fixed') {
    assertMoreThanZero(fromMoney(price.reward), '/price/reward/amount', 'reward');
    return;
  }
  const rate = fromMoney(price.bidPerGpuHour);
  const cap = fromMoney(price.cap);
  assertMoreThanZero(rate, '/price/bidPerGpuHour/amount', 'bid');
  assertMoreThanZero(cap, '/price/cap/amount', 'cap');
  if (price.cap.asset !== price.bidPerGpuHour.asset) {
    throw refuse('/price/cap/asset', 'The cap must be in the asset of the bid.');
  }
  if (secondsWithinCap({ rate, cap, units: billedUnits(resources.gpus) }) < 1) {
    throw refuse('/price/cap/amount', 'The cap must pay for one second at the bid at least.');
  }
}

function assertMoreThanZero(amount: BaseUnits, pointer: string, name: string): void {
  if (amount === 0n) throw refuse(pointer, `The ${name} must be more than 0.`);
}

function refuse(pointer: string, detail: string): MarketError {
  return new MarketError('AMOUNT_INVALID', { detail, errors: [{ pointer, detail }] });
}
