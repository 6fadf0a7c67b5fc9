import type { CommandRunner } from '../command-runner.ts';
import { type DeviceMetrics, measured } from '../telemetry.ts';
import { parseNvtop } from './parse-nvtop.ts';

/**
 * What nvtop measures of the one card whose name fits. @returns `null` where it is not installed, or
 * lists none or several of that name, which it does not tell apart.
 */
export async function readNvtop(
  runner: CommandRunner,
  names: RegExp,
  signal: AbortSignal,
): Promise<Partial<DeviceMetrics> | null> {
  const command = { file: 'nvtop', args: ['-s'], timeoutMs: 10_000, outputBytesMax: 1_048_576 };
  const result = await runner.run(command, signal);
  const cards = result.kind === 'exited' ? (parseNvtop(result.stdout) ?? []) : [];
  const [card, ...others] = cards.filter(({ name }) => names.test(name));
  if (card === undefined || others.length > 0) return null;
  const { memoryTotalBytes: total, memoryUsedBytes: used } = card;
  return {
    utilizationPercent: measured(card.utilizationPercent),
    memoryUsedBytes: measured(used),
    memoryFreeBytes: measured(total === null || used === null ? null : total - used),
    temperatureCelsius: measured(card.temperatureCelsius),
    powerWatts: measured(card.powerWatts),
    fanPercent: measured(card.fanPercent),
    smClockMegahertz: measured(card.clockMegahertz),
    memoryClockMegahertz: measured(card.memoryClockMegahertz),
  };
}
