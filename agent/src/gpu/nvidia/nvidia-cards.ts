import { sayGpuProblem } from '@node3/shared/gpu-problems';
import type { DetectionProblem } from '../gpu-detector.ts';
import type { SmiRow } from './parse-smi-rows.ts';
import { type SmiGpu, type SmiReport, unknownPcie } from './smi-report.ts';
import {
  readPciModel,
  readSmiNumber,
  readSmiPciAddress,
  readSmiText,
  readSmiValue,
  readSmiVersion,
} from './smi-value.ts';

/** The fields of identity. Old drivers lack `compute_cap` (before 495) and `mig.mode.current`. */
export const identityFields = [
  'index',
  'uuid',
  'name',
  'pci.bus_id',
  'pci.device_id',
  'driver_version',
  'memory.total',
  'compute_cap',
  'mig.mode.current',
] as const;

/** Everything the tool said about one card, from both of its outputs. */
export interface NvidiaCard extends SmiGpu {
  uuid: string;
  index: number;
  computeCapability: string | null;
  driverVersion: string | null;
  cudaVersion: string | null;
}

interface JoinedCards {
  cards: NvidiaCard[];
  problems: DetectionProblem[];
}

/**
 * Joins the report with the rows by UUID. Rows have no text that a job can choose, while the
 * report prints process names; so where there are rows, a card only the report knows is kept
 * only to show that it's sick.
 */
export function joinCards(report: SmiReport | null, rows: readonly SmiRow[]): JoinedCards {
  const cards = new Map<string, NvidiaCard>();
  let nameless = 0;
  const reported = (report?.gpus ?? []).map((gpu, position) => ({
    ...gpu,
    index: position,
    computeCapability: null,
    driverVersion: report?.driverVersion ?? null,
    cudaVersion: report?.cudaVersion ?? null,
  }));
  for (const card of reported) {
    if (card.uuid === null) nameless += 1;
    else if (!cards.has(card.uuid)) cards.set(card.uuid, { ...card, uuid: card.uuid });
  }
  const confirmed = new Set<string>();
  for (const [position, row] of rows.entries()) {
    const uuid = readSmiText(row['uuid']);
    if (uuid === null) {
      nameless += 1;
      continue;
    }
    confirmed.add(uuid);
    cards.set(uuid, withRow(cards.get(uuid), row, { uuid, position }));
  }
  const kept = [...cards.values()].filter(
    (card) => rows.length === 0 || confirmed.has(card.uuid) || card.sickness !== null,
  );
  const dropped = cards.size - kept.length;
  return {
    cards: kept,
    problems: [
      ...(nameless === 0 ? [] : [unidentified(nameless)]),
      ...(dropped === 0 ? [] : [unconfirmed(dropped)]),
    ],
  };
}

function withRow(
  card: NvidiaCard | undefined,
  row: SmiRow,
  at: { uuid: string; position: number },
): NvidiaCard {
  const memory = readSmiValue(row['memory.total']);
  const memoryMib = readSmiNumber(row['memory.total']) ?? card?.memoryMib ?? null;
  const mig = readSmiText(row['mig.mode.current']);
  return {
    uuid: at.uuid,
    name: readSmiText(row['name']) ?? card?.name ?? null,
    pciBusId: readSmiPciAddress(row['pci.bus_id']) ?? card?.pciBusId ?? null,
    pciModel: readPciModel(row['pci.device_id']) ?? card?.pciModel ?? null,
    memoryMib,
    memoryUnified: memoryMib === null && memory.unsupported,
    migEnabled: mig === null ? (card?.migEnabled ?? false) : mig === 'Enabled',
    migDevices: card?.migDevices ?? [],
    pcie: card?.pcie ?? unknownPcie,
    unlicensed: card?.unlicensed ?? false,
    sickness: card?.sickness ?? rowSickness(row),
    index: readSmiNumber(row['index']) ?? at.position,
    computeCapability: readSmiText(row['compute_cap']),
    driverVersion: readSmiVersion(row['driver_version']) ?? card?.driverVersion ?? null,
    cudaVersion: card?.cudaVersion ?? null,
  };
}

function rowSickness(row: SmiRow): string | null {
  const faults = Object.values(row).map((cell) => readSmiValue(cell).fault);
  if (faults.includes('lost')) {
    return 'The driver has lost contact with this GPU; restart the machine.';
  }
  if (faults.includes('requires-reset')) return 'The driver asks for a reset of this GPU.';
  return null;
}

function unconfirmed(count: number): DetectionProblem {
  return sayGpuProblem('nvidia.gpu-unconfirmed', { count });
}

function unidentified(count: number): DetectionProblem {
  return sayGpuProblem('nvidia.gpu-unidentified', { count });
}
