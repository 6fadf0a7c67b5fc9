import { bytesOfMebibytes } from '../byte-size.ts';
import { type HostFiles, readNumber } from '../host-files.ts';
import { pcieGenerationOf, readPcieLink } from '../read-pcie-link.ts';
import { type DeviceMetrics, type DeviceSample, measured, metricsOf } from '../telemetry.ts';
import type { AmdSmiMetrics } from './parse-amd-smi.ts';
import type { RocmCard } from './parse-rocm-smi.ts';

/**
 * Reads a card's telemetry from its folder in `/sys`, one file after another: a dead card hangs
 * the read. @returns `null` when the folder has none of them.
 */
export async function sampleFolder(
  files: HostFiles,
  { folder, slotFolder, uuid }: { folder: string; slotFolder: string; uuid: string },
): Promise<DeviceSample | null> {
  const number = (name: string) => readNumber(files, `${folder}/${name}`);
  const total = await number('mem_info_vram_total');
  const used = await number('mem_info_vram_used');
  const metrics = metricsOf({
    utilizationPercent: measured(await number('gpu_busy_percent')),
    memoryActivityPercent: measured(await number('mem_busy_percent')),
    memoryUsedBytes: measured(used),
    memoryFreeBytes: measured(total === null || used === null ? null : total - used),
    eccUncorrectedCount: measured(uncorrectedOf(await files.read(`${folder}/ras/umc_err_count`))),
    pcieReplayCount: measured(await number('pcie_replay_count')),
    ...(await readSensors(files, folder)),
    ...(await readPcieLink(files, slotFolder)),
  });
  const any = Object.values(metrics).some(({ value }) => value !== null);
  return any ? { uuid, metrics } : null;
}

/** `ue: 0` and `ce: 3` on lines of their own. */
function uncorrectedOf(text: string | null): number | null {
  const count = /^ue:\s*(\d+)/m.exec(text ?? '')?.[1];
  return count === undefined ? null : Number(count);
}

/**
 * Temperatures are in thousandths of a degree, power and energy in millionths of a watt and of a
 * joule, clocks in hertz. The driver numbers its temperatures edge, junction, memory.
 */
async function readSensors(files: HostFiles, folder: string): Promise<Partial<DeviceMetrics>> {
  const [name] = await files.list(`${folder}/hwmon`);
  if (name === undefined) return {};
  const sensors = `${folder}/hwmon/${name}`;
  const scaled = async (file: string, unit: number) => {
    const value = await readNumber(files, `${sensors}/${file}`);
    return value === null ? null : value / unit;
  };
  const pulse = await scaled('pwm1', 255);
  return {
    temperatureCelsius: measured(
      (await scaled('temp1_input', 1_000)) ?? (await scaled('temp2_input', 1_000)),
    ),
    powerWatts: measured(
      (await scaled('power1_average', 1_000_000)) ?? (await scaled('power1_input', 1_000_000)),
    ),
    memoryTemperatureCelsius: measured(await scaled('temp3_input', 1_000)),
    powerLimitWatts: measured(await scaled('power1_cap', 1_000_000)),
    energyJoules: measured(await scaled('energy1_input', 1_000_000)),
    // The driver tells the pulse width it sends, not how fast the fan turns.
    ...(pulse !== null && {
      fanPercent: { value: Math.round(pulse * 100), source: 'estimated' as const },
    }),
    smClockMegahertz: measured(await scaled('freq1_input', 1_000_000)),
    memoryClockMegahertz: measured(await scaled('freq2_input', 1_000_000)),
  };
}

export function sampleOfAmdSmi(metrics: AmdSmiMetrics, uuid: string): DeviceSample {
  const { memoryTotalMib: total, memoryUsedMib: used } = metrics;
  return {
    uuid,
    metrics: metricsOf({
      utilizationPercent: measured(metrics.utilizationPercent),
      memoryActivityPercent: measured(metrics.memoryActivityPercent),
      memoryUsedBytes: measured(bytesOfMebibytes(used)),
      memoryFreeBytes: measured(
        total === null || used === null ? null : bytesOfMebibytes(total - used),
      ),
      temperatureCelsius: measured(metrics.temperatureCelsius),
      memoryTemperatureCelsius: measured(metrics.memoryTemperatureCelsius),
      powerWatts: measured(metrics.powerWatts),
      energyJoules: measured(metrics.energyJoules),
      fanPercent: measured(metrics.fanPercent),
      smClockMegahertz: measured(metrics.clockMegahertz),
      memoryClockMegahertz: measured(metrics.memoryClockMegahertz),
      pcieGeneration: measured(metrics.pcieGeneration),
      pcieLanes: measured(metrics.pcieLanes),
      pcieReplayCount: measured(metrics.pcieReplayCount),
      eccUncorrectedCount: measured(metrics.eccUncorrectedCount),
    }),
  };
}

export function sampleOfRocm(card: RocmCard, uuid: string): DeviceSample {
  const { memoryBytes: total, memoryUsedBytes: used } = card;
  return {
    uuid,
    metrics: metricsOf({
      utilizationPercent: measured(card.utilizationPercent),
      memoryActivityPercent: measured(card.memoryActivityPercent),
      memoryUsedBytes: measured(used),
      memoryFreeBytes: measured(total === null || used === null ? null : total - used),
      temperatureCelsius: measured(card.temperatureEdgeCelsius ?? card.temperatureJunctionCelsius),
      memoryTemperatureCelsius: measured(card.temperatureMemoryCelsius),
      powerWatts: measured(card.powerWatts),
      powerLimitWatts: measured(card.powerLimitWatts),
      energyJoules: measured(card.energyJoules),
      fanPercent: measured(card.fanPercent),
      smClockMegahertz: measured(card.clockMegahertz),
      memoryClockMegahertz: measured(card.memoryClockMegahertz),
      pcieGeneration: measured(pcieGenerationOf(card.pcieLink?.gigatransfers ?? null)),
      pcieLanes: measured(card.pcieLink?.lanes ?? null),
      pcieReplayCount: measured(card.pcieReplayCount),
    }),
  };
}
