import type { Said } from '@node3/shared/agent-sentences';

/** Who made a device. `simulated` is the demo device and never matches a real vendor. */
export type DeviceVendor = 'nvidia' | 'amd' | 'apple' | 'intel' | 'simulated';

/** The programming interface a job can use on a device. */
export type DeviceFramework = 'cuda' | 'rocm' | 'metal' | 'level-zero';

/** A sick device leaves the offer; `reason` is one sentence for the provider's dashboard. */
export interface DeviceHealth {
  state: 'ok' | 'sick';
  reason: string | null;
  /** The same with its code, where it has one. */
  said?: Said;
}

/**
 * One device the agent can lease: a whole GPU, a MIG slice of one, or the simulated device.
 * Facts that no tool states are `null`; nothing here is guessed from a name alone.
 */
export interface AgentDevice {
  /** Stable across boots and renumbering: the vendor's UUID (`GPU-…`, `MIG-…`). */
  id: string;
  /** The card a slice was cut from; `null` for a whole device. */
  parentId: string | null;
  vendor: DeviceVendor;
  /** The name as the tool prints it, such as `NVIDIA GeForce RTX 4090`. */
  model: string;
  /** Catalogue id such as `rtx-4090`; `null` when the name is unknown or contradicts the memory. */
  modelId: string | null;
  /** Memory that one job may count on, bytes. */
  memoryBytes: number | null;
  /** `true` when the device shares the machine's memory, so `memoryBytes` is `null`. */
  memoryUnified: boolean;
  /** CUDA compute capability such as `8.9`. */
  computeCapability: string | null;
  framework: DeviceFramework | null;
  /** Highest framework version the driver supports, such as CUDA `12.8`. */
  frameworkVersion: string | null;
  driverVersion: string | null;
  /** `domain:bus:device.function`, lower case, with four digits of domain where they suffice. */
  pciBusId: string | null;
  simulated: boolean;
  /** The tool's number for the card. It may change at every boot: display it, never key by it. */
  index: number;
  /** The file a container needs to use it, such as `/dev/dri/renderD128`; AMD and Intel only. */
  renderNode?: string;
  /** Numbers of the groups that may open it. */
  groupIds?: readonly number[];
  health: DeviceHealth;
}

/** What is wrong with a device: what its detector says, or what was seen of it since. */
export function healthOf(device: AgentDevice, sickness: Said | null): DeviceHealth {
  if (device.health.reason !== null || sickness === null) return device.health;
  return { state: 'sick', reason: sickness.text, said: sickness };
}

export const healthy: DeviceHealth = { state: 'ok', reason: null };
