import type { AgentDevice, DeviceVendor } from './device.ts';
import type { DeviceSample } from './telemetry.ts';

/**
 * How far a look at the hardware got.
 * - `ok`: every device was read.
 * - `partial`: some devices or facts are missing; `problems` says which.
 * - `unavailable`: this vendor has no tool, driver or device here. Normal on most machines.
 * - `error`: the vendor's stack is here and broken; the provider has something to repair.
 */
export type DetectionStatus = 'ok' | 'partial' | 'unavailable' | 'error';

/** One thing that is wrong, for people: a sentence that says what, and one that repairs it. */
export interface DetectionProblem {
  /** Stable and kebab-case, such as `driver-library-mismatch`. */
  code: string;
  sentence: string;
  fix: string;
}

export interface DetectionResult {
  status: DetectionStatus;
  devices: AgentDevice[];
  problems: DetectionProblem[];
  /** The tool that was asked, such as `nvidia-smi`. */
  source: string;
  /** Wall time of the look, milliseconds since the Unix epoch. */
  sampledAtMs: number;
}

export interface SampleResult {
  samples: DeviceSample[];
  problems: DetectionProblem[];
  sampledAtMs: number;
}

/**
 * The port of one vendor. Both calls run tools that may hang, so both are bounded in time and
 * neither throws for a missing tool, a broken driver or unreadable output: those are results.
 * They reject only with the reason of an aborted `signal`.
 */
export interface GpuDetector {
  readonly vendor: DeviceVendor;
  /** Identity of the devices. Costs up to seconds: call it at start and every few minutes. */
  detect(signal: AbortSignal): Promise<DetectionResult>;
  /** Telemetry of the devices. Cheap enough for every few seconds. */
  sample(signal: AbortSignal): Promise<SampleResult>;
}
