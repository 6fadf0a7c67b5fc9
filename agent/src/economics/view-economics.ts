import type { ReplyOf } from '@node3/shared/contract';
import type { getLocalEconomics } from '@node3/shared/routes/agent-local';
import { toTimestamp } from '@node3/shared/schema';
import type { AgentCore } from '../agent-core.ts';
import { askOf } from '../policy/find-policy-refusal.ts';
import { describeEconomics } from './device-economics.ts';

export function viewEconomics(
  { clock, inventory, measures, policy }: AgentCore,
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
        earned: measures.earnedBy(id),
        powerWatts: metrics.get(id)?.powerWatts.value ?? null,
        powerLimitWatts: metrics.get(id)?.powerLimitWatts.value ?? null,
        electricityUsdPerKwh,
      }),
    ),
  };
}
