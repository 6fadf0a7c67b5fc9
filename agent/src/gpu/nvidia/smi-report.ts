import { childrenNamed, type SmiDocument, type SmiSection, textAt } from './smi-section.ts';
import {
  readPciModel,
  readSmiNumber,
  readSmiPciAddress,
  readSmiText,
  readSmiValue,
  readSmiVersion,
  type SmiValue,
} from './smi-value.ts';

/** One MIG device of a card as the report describes it; its UUID stands only in `-L`. */
interface SmiMigDevice {
  index: number;
  gpuInstanceId: number | null;
  memoryMib: number | null;
}

/** What the report says about one card. */
export interface SmiGpu {
  uuid: string | null;
  name: string | null;
  pciBusId: string | null;
  /** `10de:20b2` */
  pciModel: string | null;
  memoryMib: number | null;
  memoryUnified: boolean;
  migEnabled: boolean;
  migDevices: SmiMigDevice[];
  pcie: SmiPcie;
  /** A virtual GPU whose host slows it down for want of a licence. */
  unlicensed: boolean;
  /** One sentence when the card must not be offered, otherwise `null`. */
  sickness: string | null;
}

export interface SmiReport {
  driverVersion: string | null;
  cudaVersion: string | null;
  gpus: SmiGpu[];
}

/** Counts the cards that are there: the report's own `attached_gpus` has been seen to be wrong. */
export function readReport(document: SmiDocument): SmiReport {
  return {
    // Driver 610 prints both names and puts a sentence about its deprecation into the old one.
    driverVersion: readSmiVersion(textAt(document.root, 'kmd_version', 'driver_version')),
    cudaVersion: readSmiVersion(textAt(document.root, 'cuda_umd_version', 'cuda_version')),
    gpus: childrenNamed(document.root, 'gpu').map(readGpu),
  };
}

function readGpu(gpu: SmiSection): SmiGpu {
  const memory = readSmiValue(textAt(gpu, 'fb_memory_usage/total'));
  return {
    uuid: readSmiText(textAt(gpu, 'uuid')),
    name: readSmiText(textAt(gpu, 'product_name')),
    pciBusId: readSmiPciAddress(textAt(gpu, 'pci/pci_bus_id') ?? gpu.id ?? undefined),
    pciModel: readPciModel(textAt(gpu, 'pci/pci_device_id')),
    memoryMib: readSmiNumber(memory.value ?? undefined),
    memoryUnified: memory.unsupported,
    migEnabled: textAt(gpu, 'mig_mode/current_mig', 'mig_mode/current') === 'Enabled',
    migDevices: migSections(gpu).map(readMigDevice),
    pcie: readPcie(gpu),
    unlicensed: licencePaths.some((path) => textAt(gpu, path)?.startsWith('Unlicensed')),
    sickness: readSickness(gpu),
  };
}

/** What the report alone tells of the PCIe link. */
export interface SmiPcie {
  /** Packets sent again since the driver was loaded. */
  replays: number | null;
  /** Of 20 ms while the report was made. */
  receiveBytesPerSecond: number | null;
  transmitBytesPerSecond: number | null;
}

export const unknownPcie: SmiPcie = {
  replays: null,
  receiveBytesPerSecond: null,
  transmitBytesPerSecond: null,
};

function readPcie(gpu: SmiSection): SmiPcie {
  const kilobytes = (...paths: string[]) => {
    const value = readSmiNumber(textAt(gpu, ...paths));
    return value === null ? null : value * 1_000;
  };
  return {
    replays: readSmiNumber(textAt(gpu, 'pci/replay_counter', 'pci/replays_since_reset')),
    receiveBytesPerSecond: kilobytes('pci/rx_util', 'pci/rx_throughput'),
    transmitBytesPerSecond: kilobytes('pci/tx_util', 'pci/tx_throughput'),
  };
}

/** Renamed with driver 470. */
const licencePaths = [
  'vgpu_software_licensed_product/license_status',
  'grid_licensed_product/license_status',
];

/** The XML wraps the slices in `mig_devices`, the text form repeats `MIG Device`. */
function migSections(gpu: SmiSection): SmiSection[] {
  const wrapped = childrenNamed(gpu, 'mig_devices').flatMap((list) => list.children);
  return [...wrapped, ...gpu.children].filter((section) => section.name === 'mig_device');
}

function readMigDevice(section: SmiSection, position: number): SmiMigDevice {
  return {
    index: readSmiNumber(textAt(section, 'index')) ?? position,
    gpuInstanceId: readSmiNumber(textAt(section, 'gpu_instance_id')),
    memoryMib: readSmiNumber(textAt(section, 'fb_memory_usage/total')),
  };
}

/** Where the XML and the text form say that bad memory stays in use. */
const memoryFailed = [
  'remapped_rows/remapped_row_failure',
  'remapped_rows/remapping_failure_occurred',
];

/** Where they say that bad memory is replaced at the next restart. */
const memoryPending = [
  'remapped_rows/remapped_row_pending',
  'remapped_rows/pending',
  'retired_pages/pending_retirement',
  'retired_pages/pending_page_blacklist',
];

/** Reasons to stop offering a card, worst first. Each is stated by the driver, none is a guess. */
function readSickness(gpu: SmiSection): string | null {
  const fault = findFault(gpu);
  if (fault === 'lost') return 'The driver has lost contact with this GPU; restart the machine.';
  const recovery = readSmiText(textAt(gpu, 'gpu_recovery_action'));
  const asksReset = textAt(gpu, 'gpu_reset_status/reset_required') === 'Yes';
  if (fault === 'requires-reset' || asksReset) return 'The driver asks for a reset of this GPU.';
  if (recovery !== null) return `The driver asks for this recovery of the GPU: ${recovery}.`;
  if (memoryFailed.some((path) => textAt(gpu, path) === 'Yes')) {
    return 'The memory of this GPU has failed rows that could not be replaced.';
  }
  if (memoryPending.some((path) => textAt(gpu, path) === 'Yes')) {
    return 'The memory of this GPU has bad cells that a restart will replace.';
  }
  if (textAt(gpu, 'compute_mode') === 'Prohibited') {
    return 'The compute mode of this GPU is Prohibited, so no job can use it.';
  }
  return null;
}

/** Process names are skipped: a job could call itself `GPU is lost`. */
function findFault(section: SmiSection): SmiValue['fault'] {
  if (section.name === 'processes') return null;
  const { fault } = readSmiValue(section.text);
  if (fault !== null) return fault;
  for (const child of section.children) {
    const below = findFault(child);
    if (below !== null) return below;
  }
  return null;
}
