import { findModel, modelById } from '@node3/shared/gpu/normalise-model';
import { sayGpuProblem } from '@node3/shared/gpu-problems';
import { type AgentDevice, healthy } from '../device.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import type { AmdFacts } from './merge-amd-cards.ts';

interface BuiltAmdDevices {
  devices: AgentDevice[];
  problems: DetectionProblem[];
  /** Cards that are left alone, in words. */
  passedOver: string[];
}

/** Turns cards into devices to lease. `driverVersion` stands in where no tool tells one. */
export function buildAmdDevices(
  cards: readonly AmdFacts[],
  names: ReadonlyMap<string, string>,
  driverVersion: string | null,
): BuiltAmdDevices {
  const built: BuiltAmdDevices = { devices: [], problems: [], passedOver: [] };
  // Where nobody looked at the compute driver, only a tool was heard that lists compute cards.
  const computeKnown = cards.some((card) => card.compute !== undefined || card.folder != null);
  for (const card of cards) {
    const device = deviceOf(card, names, driverVersion);
    if (card.integrated === true && device.modelId === null) {
      built.passedOver.push(`${device.model} is built into the processor`);
    } else if (computeKnown && card.compute !== true) {
      built.problems.push(withoutCompute(device));
    } else {
      built.devices.push(device);
    }
  }
  return built;
}

function deviceOf(
  card: AmdFacts,
  names: ReadonlyMap<string, string>,
  driverVersion: string | null,
): AgentDevice {
  const integrated = card.integrated ?? false;
  const memoryBytes = integrated ? null : (card.memoryBytes ?? null);
  const pciModel = card.pciModel ?? null;
  const name = card.name ?? names.get(pciModel ?? '') ?? null;
  const found = findModel({ name: name ?? '', memoryBytes, pciModel });
  const known = found.modelId === null ? null : modelById(found.modelId);
  return {
    id: deviceId(card),
    parentId: null,
    vendor: 'amd',
    model: name ?? known?.name ?? (pciModel === null ? 'AMD GPU' : `AMD GPU ${pciModel}`),
    modelId: found.modelId,
    memoryBytes,
    memoryUnified: integrated,
    computeCapability: card.gfxTarget ?? known?.capability ?? null,
    framework: 'rocm',
    frameworkVersion: null,
    driverVersion: plainVersion(card.driverVersion ?? null) ?? driverVersion,
    pciBusId: card.pciBusId,
    simulated: false,
    index: card.toolIndex ?? card.index,
    health: healthy,
    ...(card.renderNode != null && { renderNode: card.renderNode }),
  };
}

/** AMD's own spelling of a UUID is the unique id behind `GPU-`; cards without one have an address. */
export function deviceId(card: AmdFacts): string {
  if (card.uniqueId !== null) return `GPU-${card.uniqueId}`;
  return card.pciBusId === null ? `amd-${card.index}` : `amd-${card.pciBusId}`;
}

/** Some releases print the kernel's whole banner with its blanks removed; the version is in it. */
function plainVersion(raw: string | null): string | null {
  return /\d+(?:\.\d+)+[\w.-]*/.exec(raw ?? '')?.[0].replace(/\(.*$/, '') ?? null;
}

function withoutCompute(device: AgentDevice): DetectionProblem {
  return sayGpuProblem('amd.compute-driver-missing', {
    model: device.model,
    place: device.pciBusId ?? device.id,
  });
}
