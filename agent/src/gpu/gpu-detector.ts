import type { ProblemSaid } from '@node3/shared/agent-problems';
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

/**
 * One thing that is wrong, for people: a sentence that says what, and one that repairs it. `code` is
 * stable and kebab-case, such as `driver-library-mismatch`.
 */
export type DetectionProblem = ProblemSaid;

/** A graphics or compute card as the bus shows it, whether or not anything can use it. */
export interface PciCard {
  /** `null` on Windows, which doesn't say. */
  pciBusId: string | null;
  /** `10de:2684`, or with the revision. */
  pciModel: string;
  /** Its name where something tells one. */
  name: string | null;
  /** The kernel driver that holds it, such as `nouveau` or `vfio-pci`; `null` for none. */
  driver: string | null;
}

export interface DetectionResult {
  status: DetectionStatus;
  devices: AgentDevice[];
  problems: DetectionProblem[];
  /** The tools and files that told it, such as `nvidia-smi`. */
  source: string;
  /** What was tried without finding a device, such as `xpu-smi (not installed)`. */
  tried?: readonly string[];
  /** Cards on the PCI bus, with or without a driver: the measure of what the others found. */
  present?: readonly PciCard[];
  /** Wall time of the look, milliseconds since the Unix epoch. */
  sampledAtMs: number;
}

export interface SampleResult {
  samples: DeviceSample[];

  problems: DetectionProblem[];
  sampledAtMs: number;
}

/** A program that uses a device. Its name is for the provider's own pages: it never leaves the machine. */
export interface GpuProcess {
  deviceId: string;
  pid: number;
  name: string | null;
  memoryBytes: number | null;
}

/**
 * The port of one vendor. Both calls run tools that may hang, so both are bounded in time and
 * neither throws for a missing tool, a broken driver or unreadable output: those are results.
 * They reject only with the reason of an aborted `signal`.
 */
export interface GpuDetector {
  readonly vendor: DeviceVendor | 'generic';
  /** Identity of the devices. Costs up to seconds: call it at start and every few minutes. */
  detect(signal: AbortSignal): Promise<DetectionResult>;
  /** Telemetry of the devices. Cheap enough for every few seconds. */
  sample(signal: AbortSignal): Promise<SampleResult>;
  /** The programs that hold memory of a device now, as process ids. */
  holders?(deviceId: string, signal: AbortSignal): Promise<number[]>;
  /** The programs that use its devices now; `null` where no tool tells. For who looks, not for loops. */
  processes?(signal: AbortSignal): Promise<GpuProcess[] | null>;
  /** Ends what goes on between calls, such as a tool that streams. A later call begins anew. */
  close?(): Promise<void>;
}
