import type { Clock } from '@node3/shared/clock';
import { type HostFiles, readNumber } from '../host-files.ts';
import { type DeviceMetrics, measured } from '../telemetry.ts';
import type { XpuStats } from './parse-xpu-smi.ts';

export function metricsOfXpu(stats: XpuStats): Partial<DeviceMetrics> {
  return {
    utilizationPercent: measured(stats.utilizationPercent),
    memoryUsedBytes: measured(stats.memoryUsedBytes),
    temperatureCelsius: measured(stats.temperatureCelsius),
    powerWatts: measured(stats.powerWatts),
    smClockMegahertz: measured(stats.clockMegahertz),
  };
}

/** Where i915 and xe tell the clock. */
const clockFiles = ['drm/card0/gt_act_freq_mhz', 'tile0/gt0/freq0/act_freq'];

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

  async read(folder: string): Promise<Partial<DeviceMetrics>> {
    const { files } = this.#deps;
    const [name] = await files.list(`${folder}/hwmon`);
    const sensors = `${folder}/hwmon/${name ?? ''}`;
    const millidegrees = await readNumber(files, `${sensors}/temp1_input`);
    const watts = await this.#readWatts(`${sensors}/energy1_input`);
    let clock: number | null = null;
    for (const file of clockFiles) clock ??= await readNumber(files, `${folder}/${file}`);
    return {
      temperatureCelsius: measured(millidegrees === null ? null : millidegrees / 1_000),
      powerWatts: watts === null ? measured(null) : { value: watts, source: 'estimated' },
      smClockMegahertz: measured(clock),
    };
  }

  async #readWatts(path: string): Promise<number | null> {
    const microjoules = await readNumber(this.#deps.files, path);
    const atMs = this.#deps.clock.monotonicMs();
    const before = this.#energy.get(path);
    if (microjoules === null) return null;
    this.#energy.set(path, { microjoules, atMs });
    if (before === undefined || atMs <= before.atMs || microjoules < before.microjoules)
      return null;
    // Microjoules a millisecond are milliwatts.
    return Math.round((microjoules - before.microjoules) / (atMs - before.atMs)) / 1_000;
  }
}
