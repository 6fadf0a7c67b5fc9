import {
  type Asset,
  type BaseUnits,
  baseUnits,
  baseUnitsMax,
  fromMoney,
  type Money,
  toMoney,
} from '@node3/shared/money';
import type { Earning, JournalExecution } from '../journal/journal.ts';
import type { RunDevice } from './run-meter.ts';

/** Stands for the device of work without one. */
export const noDevice = 'none';

const msPerHour = 3_600_000;

/**
 * What an accepted result earned, by device. Nothing is lost: the first device gets what does not
 * divide. Expected is what the ask would have brought for the run; null where nothing is asked. Pure.
 */
export function shareEarnings(
  { executionId, jobId, offer, result, runDevices }: JournalExecution,
  earned: Money,
): Earning[] {
  const { asset } = earned;
  const runMs = Math.max(0, Math.round(result?.runMs ?? 0));
  const ids = offer.deviceIds.length === 0 ? [noDevice] : offer.deviceIds;
  const whole = fromMoney(earned);
  const share = whole / BigInt(ids.length);
  return ids.map((deviceId, index) => {
    const device = runDevices.find((one) => one.deviceId === deviceId);
    const amount = index === 0 ? whole - share * BigInt(ids.length - 1) : share;
    const energyWh = energyOf(device, runMs);
    return {
      executionId,
      jobId,
      deviceId,
      model: device?.model ?? null,
      runMs,
      asset,
      amount: baseUnits(amount),
      expected: expectedOf(device, asset, runMs),
      energyWh,
      energyUsd: costOf(device, energyWh),
    };
  });
}

function energyOf(device: RunDevice | undefined, runMs: number): number | null {
  const watts = device?.watts ?? null;
  return watts === null ? null : (watts * runMs) / msPerHour;
}

function costOf(device: RunDevice | undefined, energyWh: number | null): number | null {
  const price = device?.electricityUsdPerKwh ?? null;
  return price === null || energyWh === null ? null : (energyWh / 1_000) * price;
}

function expectedOf(device: RunDevice | undefined, asset: Asset, runMs: number): BaseUnits | null {
  const ask = device?.asks[asset] ?? null;
  if (ask === null) return null;
  const expected = (fromMoney(ask) * BigInt(runMs)) / BigInt(msPerHour);
  return baseUnits(expected < baseUnitsMax ? expected : baseUnitsMax);
}

/** US dollars of an amount; null for what has no price here. A dollar counts as a USDC. */
export function dollarsOf(amount: BaseUnits, asset: Asset): number | null {
  return asset === 'USDC' ? Number(toMoney(amount, asset).amount) : null;
}
