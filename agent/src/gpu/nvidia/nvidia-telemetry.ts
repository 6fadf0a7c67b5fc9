import { type DeviceSample, measured, metricsOf } from '../telemetry.ts';
import type { SmiRow } from './parse-smi-rows.ts';
import { bytesOfMebibytes, readSmiNumber, readSmiText } from './smi-value.ts';

/** In every recorded driver from 590 to 610; PCIe throughput is left out, it costs 40 ms a card. */
export const telemetryFields = [
  'uuid',
  'utilization.gpu',
  'utilization.memory',
  'memory.used',
  'memory.free',
  'temperature.gpu',
  'power.draw',
  'power.limit',
  'fan.speed',
  'clocks.current.sm',
  'ecc.errors.uncorrected.volatile.total',
] as const;

/** @returns the sample of a row, or `null` for a row without a UUID. */
export function sampleOfRow(row: SmiRow): DeviceSample | null {
  const uuid = readSmiText(row['uuid']);
  if (uuid === null) return null;
  const number = (field: (typeof telemetryFields)[number]) => readSmiNumber(row[field]);
  return {
    uuid,
    metrics: metricsOf({
      utilizationPercent: measured(number('utilization.gpu')),
      memoryActivityPercent: measured(number('utilization.memory')),
      memoryUsedBytes: measured(bytesOfMebibytes(number('memory.used'))),
      memoryFreeBytes: measured(bytesOfMebibytes(number('memory.free'))),
      temperatureCelsius: measured(number('temperature.gpu')),
      powerWatts: measured(number('power.draw')),
      powerLimitWatts: measured(number('power.limit')),
      fanPercent: measured(number('fan.speed')),
      smClockMegahertz: measured(number('clocks.current.sm')),
      eccUncorrectedCount: measured(number('ecc.errors.uncorrected.volatile.total')),
    }),
  };
}

/**
 * What a card's sample says about a slice of it: the temperature of the chip they share. Use,
 * memory and power of the card are everybody's together, so for one slice they are unknown.
 */
export function sampleOfSlice(card: DeviceSample, sliceId: string): DeviceSample {
  const { temperatureCelsius } = card.metrics;
  return { uuid: sliceId, metrics: metricsOf({ temperatureCelsius }) };
}
