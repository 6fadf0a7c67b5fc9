import type { Clock } from '@node3/shared/clock';
import { sayGpuProblem } from '@node3/shared/gpu-problems';
import type { Logger } from '@node3/shared/logger';
import type { AgentDevice } from './device.ts';
import { findStrandedCards } from './generic/find-stranded-cards.ts';
import type {
  DetectionProblem,
  DetectionResult,
  DetectionStatus,
  GpuDetector,
} from './gpu-detector.ts';

/** More devices than any machine has; what lies beyond it is a broken tool. */
const devicesMax = 256;

/** What all vendors together found. */
export interface DetectedDevices {
  /**
   * `ok` when every vendor that is present was read, `unavailable` when none is present;
   * `error` when there is no device because of faults, `partial` when there are some all the same.
   */
  status: DetectionStatus;
  /** Sick devices are included, for the dashboard; only healthy ones may be offered. */
  devices: AgentDevice[];
  problems: DetectionProblem[];
  /** The result of each vendor, in the order of the detectors. */
  results: DetectionResult[];
}

export interface DetectDevicesDeps {
  detectors: readonly GpuDetector[];
  clock: Clock;
  log: Logger;
}

/** Asks all vendors at once. Rejects only with the reason of an aborted `signal`. */
export async function detectDevices(
  deps: DetectDevicesDeps,
  signal: AbortSignal,
): Promise<DetectedDevices> {
  const results = await Promise.all(
    deps.detectors.map(async (detector) => {
      try {
        return await detector.detect(signal);
      } catch (error) {
        signal.throwIfAborted();
        deps.log.error({ err: error, vendor: detector.vendor }, 'GPU detector failed');
        return brokenDetector(detector, deps.clock.nowMs());
      }
    }),
  );
  return mergeResults(results);
}

/** A device that two tools report is kept once, as the first detector described it. */
export function mergeResults(results: readonly DetectionResult[]): DetectedDevices {
  const devices = new Map<string, AgentDevice>();
  for (const device of results.flatMap((result) => result.devices)) {
    if (!devices.has(device.id) && devices.size < devicesMax) devices.set(device.id, device);
  }
  const stranded = findStrandedCards(results);
  return {
    status: mergeStatus(results, devices.size, stranded.length),
    devices: [...devices.values()],
    problems: [...results.flatMap(problemsHere), ...stranded],
    results: [...results],
  };
}

/** A missing tool is no problem where nothing needs it; a card that does is found on the bus. */
function problemsHere({ status, problems }: DetectionResult): DetectionProblem[] {
  return status === 'unavailable'
    ? problems.filter(({ code }) => code !== 'tool-missing')
    : problems;
}

function mergeStatus(
  results: readonly DetectionResult[],
  devices: number,
  stranded: number,
): DetectionStatus {
  if (stranded > 0) return devices === 0 ? 'error' : 'partial';
  const present = results.filter((result) => result.status !== 'unavailable');
  if (present.length === 0) return 'unavailable';
  if (present.every((result) => result.status === 'ok')) return 'ok';
  const faulty = present.every((result) => result.status === 'error');
  return faulty && devices === 0 ? 'error' : 'partial';
}

function brokenDetector(detector: GpuDetector, nowMs: number): DetectionResult {
  return {
    status: 'error',
    devices: [],
    problems: [sayGpuProblem('detector-failed', { vendor: detector.vendor })],
    source: detector.vendor,
    sampledAtMs: nowMs,
  };
}
