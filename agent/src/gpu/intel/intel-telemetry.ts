import { dirname } from 'node:path';
import type { Clock } from '@node3/shared/clock';
import { type HostFiles, readNumber } from '../host-files.ts';
import { readPcieLink } from '../read-pcie-link.ts';
import { type DeviceMetrics, measured } from '../telemetry.ts';
import type { XpuStats } from './parse-xpu-smi.ts';

export function metricsOfXpu(stats: XpuStats): Partial<DeviceMetrics> {
  return {
    utilizationPercent: measured(stats.utilizationPercent),
    memoryUsedBytes: measured(stats.memoryUsedBytes),
    temperatureCelsius: measured(stats.temperatureCelsius),
    memoryTemperatureCelsius: measured(stats.memoryTemperatureCelsius),
    powerWatts: measured(stats.powerWatts),
    pcieReceiveBytesPerSecond: measured(stats.pcieReadBytesPerSecond),
    pcieTransmitBytesPerSecond: measured(stats.pcieWriteBytesPerSecond),
    smClockMegahertz: measured(stats.clockMegahertz),
  };
}

/** Where i915 and xe tell the clock: beside the device's folder, and in it. */
function clockFiles(folder: string): string[] {
  return [`${dirname(folder)}/gt_act_freq_mhz`, `${folder}/tile0/gt0/freq0/act_freq`];
}

/**
 * Reads the sensors of cards in `/sys`. The kernel counts energy, so power is the difference
 * between two reads over the time between them: an estimate, and none at the first read.
 */
export class IntelSensors {
  readonly #deps: { files: HostFiles; clock: Clock };
  readonly #energy = new Map<string, { microjoules: number; atMs: number }>();

  constructor(deps: { files: HostFiles; clock: Clock }) {
    this.#deps = deps;
  }

  /** @param folder of the card. @param slotFolder where its PCIe link stands. */
  async read(folder: string, slotFolder: string): Promise<Partial<DeviceMetrics>> {
    const { files } = this.#deps;
    const [name] = await files.list(`${folder}/hwmon`);
    const sensors = `${folder}/hwmon/${name ?? ''}`;
    const degrees = async (number: number) => {
      const value = await readNumber(files, `${sensors}/temp${number}_input`);
      return value === null ? null : value / 1_000;
    };
    // The driver xe numbers from 2: the package, then the memory.
    const isMemory = (await files.read(`${sensors}/temp3_label`)) === 'vram';
    // The card's own count, or where there is none its chip's.
    const microjoules =
      (await readNumber(files, `${sensors}/energy1_input`)) ??
      (await readNumber(files, `${sensors}/energy2_input`));
    const watts = this.#wattsOf(folder, microjoules);
    let clock: number | null = null;
    for (const file of clockFiles(folder)) clock ??= await readNumber(files, file);
    return {
      temperatureCelsius: measured((await degrees(1)) ?? (await degrees(2))),
      memoryTemperatureCelsius: measured(isMemory ? await degrees(3) : null),
      energyJoules: measured(microjoules === null ? null : microjoules / 1_000_000),
      powerWatts: watts === null ? measured(null) : { value: watts, source: 'estimated' },
      smClockMegahertz: measured(clock),
      ...(await readPcieLink(files, slotFolder)),
    };
  }

  #wattsOf(folder: string, microjoules: number | null): number | null {
    const atMs = this.#deps.clock.monotonicMs();
    const before = this.#energy.get(folder);
    if (microjoules === null) return null;
    this.#energy.set(folder, { microjoules, atMs });
    if (before === undefined || atMs <= before.atMs || microjoules < before.microjoules)
      return null;
    // Microjoules a millisecond are milliwatts.
    return Math.round((microjoules - before.microjoules) / (atMs - before.atMs)) / 1_000;
  }
}
