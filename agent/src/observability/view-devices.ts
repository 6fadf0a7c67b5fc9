import { metricNames } from '@node3/shared/device-metrics';
import type { LocalDevice } from '@node3/shared/routes/agent-devices';
import { toTimestamp } from '@node3/shared/schema';
import type { AgentCore } from '../agent-core.ts';
import { toWireDevice } from '../execution/wire-device.ts';
import type { AgentDevice } from '../gpu/device.ts';
import { meaningOfXid } from '../gpu/health/xid-codes.ts';
import type { XidCount } from '../gpu/health/xid-counts.ts';
import type { DeviceReading } from '../gpu/telemetry.ts';

/** Each device with all that is known of it. */
export function viewDevices({ inventory, journal }: Pick<AgentCore, 'inventory' | 'journal'>) {
  const readings = new Map(inventory.readings().map((reading) => [reading.uuid, reading]));
  const xids = inventory.xidCounts();
  const holders = new Map(
    journal
      .listOpen()
      .filter(({ phase }) => phase !== 'offered' && phase !== 'ended')
      .flatMap(({ executionId, offer }) => offer.deviceIds.map((id) => [id, executionId] as const)),
  );
  return inventory.devices().map((device) =>
    viewDevice(device, {
      reading: readings.get(device.id) ?? null,
      executionId: holders.get(device.id) ?? null,
      xids,
    }),
  );
}

interface Known {
  reading: DeviceReading | null;
  executionId: string | null;
  xids: readonly XidCount[] | null;
}

function viewDevice(device: AgentDevice, { reading, executionId, xids }: Known): LocalDevice {
  const { framework, frameworkVersion, health, index, parentId, pciBusId } = device;
  const card = parentId ?? device.id;
  return {
    ...toWireDevice(device),
    index,
    pciBusId,
    framework,
    frameworkVersion,
    health,
    executionId,
    ageMs: reading?.ageMs ?? null,
    metrics: metricNames.map((name) => ({
      name,
      ...(reading?.metrics[name] ?? { value: null, source: 'unavailable' }),
    })),
    slowdowns: reading?.slowdowns === undefined ? null : [...reading.slowdowns],
    xids:
      xids === null
        ? null
        : xids.filter(({ count, uuid }) => uuid === card && count > 0).map(viewXid),
  };
}

function viewXid({ code, count, lastAtMs }: XidCount) {
  const lastAt = lastAtMs === null ? null : toTimestamp(lastAtMs);
  return { code, count, lastAt, ...meaningOfXid(code) };
}
