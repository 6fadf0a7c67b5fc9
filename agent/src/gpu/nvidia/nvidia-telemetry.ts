import { bytesOfMebibytes } from '../byte-size.ts';
import {
  type DeviceSample,
  type MetricName,
  measured,
  metricsOf,
  type Slowdown,
} from '../telemetry.ts';
import type { SmiRow } from './parse-smi-rows.ts';
import type { SmiPcie } from './smi-report.ts';
import { readSmiNumber, readSmiText } from './smi-value.ts';

/**
 * In every recorded driver from 590 to 610. A count of energy and PCIe's throughput are no fields of
 * this query (550 to 610); the report has the throughput of one moment, which says nothing of a job.
 */
export const telemetryFields = [
  'uuid',
  'utilization.gpu',
  'utilization.memory',
  'memory.used',
  'memory.free',
  'temperature.gpu',
  'temperature.memory',
  'power.draw',
  'power.limit',
  'fan.speed',
  'clocks.current.sm',
  'clocks.current.memory',
  // The newer `gpucurrent` is unknown to drivers before 525; this name is known to all.
  'pcie.link.gen.current',
  'pcie.link.gen.max',
  'pcie.link.width.current',
  'pcie.link.width.max',
  'ecc.errors.uncorrected.volatile.total',
  // Renamed with driver 535; one of the two is dropped where it isn't known.
  'clocks_event_reasons.active',
  'clocks_throttle_reasons.active',
] as const;

/** @returns the sample of a row, or `null` for a row without a UUID. */
export function sampleOfRow(row: SmiRow): DeviceSample | null {
  const uuid = readSmiText(row['uuid']);
  if (uuid === null) return null;
  const number = (field: (typeof telemetryFields)[number]) => readSmiNumber(row[field]);
  const slowdowns =
    readSlowdowns(row['clocks_event_reasons.active']) ??
    readSlowdowns(row['clocks_throttle_reasons.active']);
  return {
    uuid,
    ...(slowdowns !== null && { slowdowns }),
    metrics: metricsOf({
      utilizationPercent: measured(number('utilization.gpu')),
      memoryActivityPercent: measured(number('utilization.memory')),
      memoryUsedBytes: measured(bytesOfMebibytes(number('memory.used'))),
      memoryFreeBytes: measured(bytesOfMebibytes(number('memory.free'))),
      temperatureCelsius: measured(number('temperature.gpu')),
      memoryTemperatureCelsius: measured(number('temperature.memory')),
      powerWatts: measured(number('power.draw')),
      powerLimitWatts: measured(number('power.limit')),
      fanPercent: measured(number('fan.speed')),
      smClockMegahertz: measured(number('clocks.current.sm')),
      memoryClockMegahertz: measured(number('clocks.current.memory')),
      pcieGeneration: measured(number('pcie.link.gen.current')),
      pcieGenerationMax: measured(number('pcie.link.gen.max')),
      pcieLanes: measured(number('pcie.link.width.current')),
      pcieLanesMax: measured(number('pcie.link.width.max')),
      eccUncorrectedCount: measured(number('ecc.errors.uncorrected.volatile.total')),
    }),
  };
}

/** NVML's bits. Idle, power cap, clock settings and sync boost are how a card works, not faults. */
const slowdownBits: readonly (readonly [bigint, Slowdown])[] = [
  [0x08n, 'hardware'],
  [0x20n, 'software-thermal'],
  [0x40n, 'hardware-thermal'],
  [0x80n, 'power-brake'],
];

/** @returns the slowdowns of a mask such as `0x0000000000000044`; `null` where there is none. */
export function readSlowdowns(raw: string | undefined): Slowdown[] | null {
  const mask = readSmiText(raw);
  if (mask === null || !/^0x[0-9a-f]{1,16}$/i.test(mask)) return null;
  return slowdownBits.filter(([bit]) => (BigInt(mask) & bit) !== 0n).map(([, name]) => name);
}

/**
 * What a card's sample says about a slice of it: the temperatures of the chip and the link they
 * share. Use, memory and power of the card are everybody's together, so for one slice they are
 * unknown.
 */
export function sampleOfSlice(card: DeviceSample, sliceId: string): DeviceSample {
  const shared = sharedWithSlices.map((name) => [name, card.metrics[name]]);
  return { ...card, uuid: sliceId, metrics: metricsOf(Object.fromEntries(shared)) };
}

const sharedWithSlices = [
  'temperatureCelsius',
  'memoryTemperatureCelsius',
  'pcieGeneration',
  'pcieGenerationMax',
  'pcieLanes',
  'pcieLanesMax',
  'pcieReplayCount',
] as const satisfies readonly MetricName[];

/** What no row has: replays, and, of a report just made, its throughput of 20 ms. */
export function withPcie(
  sample: DeviceSample,
  pcie: SmiPcie,
  age: 'just-made' | 'older',
): DeviceSample {
  const pcieReplayCount = measured(pcie.replays);
  const throughput = age === 'just-made' && {
    pcieReceiveBytesPerSecond: measured(pcie.receiveBytesPerSecond),
    pcieTransmitBytesPerSecond: measured(pcie.transmitBytesPerSecond),
  };
  return { ...sample, metrics: { ...sample.metrics, pcieReplayCount, ...throughput } };
}
