import { findModel, modelById } from '@node3/shared/gpu/normalise-model';
import { sayGpuProblem } from '@node3/shared/gpu-problems';
import { bytesOfMebibytes } from '../byte-size.ts';
import { type AgentDevice, type DeviceHealth, healthy } from '../device.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import type { NvidiaCard } from './nvidia-cards.ts';
import type { ListedGpu, ListedMigDevice } from './parse-smi-list.ts';

interface BuiltDevices {
  devices: AgentDevice[];
  problems: DetectionProblem[];
}

/** Turns cards into devices to lease: whole cards, or the slices of a partitioned one. */
export function buildDevices(
  cards: readonly NvidiaCard[],
  listed: readonly ListedGpu[],
): BuiltDevices {
  const devices: AgentDevice[] = [];
  const problems: DetectionProblem[] = [];
  for (const card of cards) {
    const { device, problem } = wholeDevice(card);
    if (problem !== null) problems.push(problem);
    if (card.unlicensed) problems.push(withoutLicence(device));
    if (!card.migEnabled) {
      devices.push(device);
      continue;
    }
    const slices = listed.find((gpu) => gpu.uuid === card.uuid)?.migDevices ?? [];
    if (slices.length === 0) problems.push(withoutSlices(device));
    devices.push(...slices.map((slice) => sliceDevice(card, device, slice, slices)));
  }
  return { devices, problems };
}

function wholeDevice(card: NvidiaCard): { device: AgentDevice; problem: DetectionProblem | null } {
  const memoryBytes = bytesOfMebibytes(card.memoryMib);
  const found = findModel({ name: card.name ?? '', memoryBytes, pciModel: card.pciModel });
  const known = found.modelId === null ? null : modelById(found.modelId);
  const device: AgentDevice = {
    id: card.uuid,
    parentId: null,
    vendor: 'nvidia',
    model: modelName(card, known?.name ?? null),
    modelId: found.modelId,
    memoryBytes,
    memoryUnified: card.memoryUnified,
    computeCapability: card.computeCapability ?? known?.capability ?? null,
    framework: 'cuda',
    frameworkVersion: card.cudaVersion,
    driverVersion: card.driverVersion,
    pciBusId: card.pciBusId,
    simulated: false,
    index: card.index,
    health: healthOf(card),
  };
  return { device, problem: found.memoryMismatch ? mismatch(device) : null };
}

/** A driver older than its card prints "Graphics Device"; then the PCI id names the card. */
function modelName(card: NvidiaCard, knownName: string | null): string {
  const name = card.name === 'Graphics Device' ? null : card.name;
  if (name !== null) return name;
  return knownName ?? (card.pciModel === null ? 'NVIDIA GPU' : `NVIDIA GPU ${card.pciModel}`);
}

function healthOf(card: NvidiaCard): DeviceHealth {
  return card.sickness === null ? healthy : { state: 'sick', reason: card.sickness };
}

function sliceDevice(
  card: NvidiaCard,
  parent: AgentDevice,
  slice: ListedMigDevice,
  siblings: readonly ListedMigDevice[],
): AgentDevice {
  return {
    ...parent,
    id: slice.uuid,
    parentId: card.uuid,
    model: `${parent.model} MIG ${slice.profile}`,
    // Its own id: a job for the whole model must never land on a slice of it.
    modelId: parent.modelId === null ? null : `${parent.modelId}-mig-${slice.profile}`,
    memoryBytes: sliceMemoryBytes(card, slice, siblings),
    memoryUnified: false,
  };
}

/**
 * The report has the memory of each slice but not its UUID; both number the slices alike. Several
 * compute instances can share one GPU instance and its memory; then each may count on its share
 * only, since jobs may run on all of them at once.
 */
function sliceMemoryBytes(
  card: NvidiaCard,
  slice: ListedMigDevice,
  siblings: readonly ListedMigDevice[],
): number | null {
  const reported = card.migDevices.find((device) => device.index === slice.index);
  if (reported?.memoryMib == null || card.migDevices.length !== siblings.length) return null;
  const sharers = card.migDevices.filter(
    (device) => device.gpuInstanceId !== null && device.gpuInstanceId === reported.gpuInstanceId,
  );
  return bytesOfMebibytes(Math.floor(reported.memoryMib / Math.max(1, sharers.length)));
}

function withoutLicence(device: AgentDevice): DetectionProblem {
  return sayGpuProblem('nvidia.gpu-unlicensed', nameOf(device));
}

function withoutSlices(device: AgentDevice): DetectionProblem {
  return sayGpuProblem('nvidia.mig-without-devices', nameOf(device));
}

function mismatch(device: AgentDevice): DetectionProblem {
  return sayGpuProblem('nvidia.memory-mismatch', nameOf(device));
}

function nameOf({ id, model }: AgentDevice) {
  return { id, model };
}
