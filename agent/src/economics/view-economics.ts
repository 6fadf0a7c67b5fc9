import type { ReplyOf } from '@node3/shared/contract';
import { type Asset, type BaseUnits, toMoney } from '@node3/shared/money';
import type {
  DeviceEarnings,
  getLocalEconomics,
  ResultEarning,
} from '@node3/shared/routes/agent-local';
import { toTimestamp } from '@node3/shared/schema';
import type { AgentCore } from '../agent-core.ts';
import type { DeviceTotals, RecordedEarning } from '../journal/journal.ts';
import { askOf } from '../policy/find-policy-refusal.ts';
import { describeEconomics } from './device-economics.ts';

const msPerHour = 3_600_000;

export function viewEconomics(
  { clock, inventory, journal, measures, policy }: AgentCore,
  startedAtMs: number,
): ReplyOf<typeof getLocalEconomics> {
  const { asks, electricityUsdPerKwh } = policy.current;
  const devices = inventory.devices();
  const busySec = measures.busySeconds(devices.map(({ id }) => id));
  const metrics = new Map(inventory.readings().map((reading) => [reading.uuid, reading.metrics]));
  return {
    since: toTimestamp(startedAtMs),
    electricityUsdPerKwh,
    devices: devices.map(({ id, model, modelId }) =>
      describeEconomics({
        deviceId: id,
        model,
        modelId,
        ask: askOf(asks, modelId),
        busySec: busySec.get(id) ?? 0,
        elapsedSec: (clock.nowMs() - startedAtMs) / 1000,
        powerWatts: metrics.get(id)?.powerWatts.value ?? null,
        powerLimitWatts: metrics.get(id)?.powerLimitWatts.value ?? null,
        electricityUsdPerKwh,
      }),
    ),
    earned: journal.deviceTotals().map(viewTotals),
  };
}

/** Of no time at all nothing is known. */
function viewTotals(totals: DeviceTotals): DeviceEarnings {
  const { deviceId, earned, expected, expectedMs, energyMs, energyUsdMs, netMs } = totals;
  return {
    deviceId,
    model: totals.model,
    since: toTimestamp(totals.sinceMs),
    results: totals.results,
    runHours: totals.runMs / msPerHour,
    earned: viewAmounts(earned),
    expected: expectedMs === 0 ? null : viewAmounts(expected),
    expectedHours: expectedMs / msPerHour,
    energyKwh: energyMs === 0 ? null : totals.energyWh / 1_000,
    energyHours: energyMs / msPerHour,
    energyUsd: energyUsdMs === 0 ? null : totals.energyUsd,
    netUsdPerHour: netMs === 0 ? null : (totals.netUsd * msPerHour) / netMs,
    netHours: netMs / msPerHour,
  };
}

function viewAmounts({ SOL, USDC }: Record<Asset, BaseUnits>): DeviceEarnings['earned'] {
  return { SOL: toMoney(SOL, 'SOL'), USDC: toMoney(USDC, 'USDC') };
}

export function viewResultEarning(row: RecordedEarning): ResultEarning {
  const { amount, asset, atMs, expected, ...rest } = row;
  return {
    ...rest,
    at: toTimestamp(atMs),
    earned: toMoney(amount, asset),
    expected: expected === null ? null : toMoney(expected, asset),
  };
}
