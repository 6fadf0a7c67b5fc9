import { findModel, modelById } from '@node3/shared/gpu/normalise-model';
import type { DetectionProblem, DetectionResult, PciCard } from '../gpu-detector.ts';

interface Maker {
  name: string;
  /** Kernel drivers with which its own tools work. */
  drivers: readonly string[];
  fix: string;
}

const makers: Readonly<Record<string, Maker>> = {
  '10de': {
    name: 'NVIDIA',
    drivers: ['nvidia'],
    fix: 'Install the NVIDIA driver (Ubuntu: "sudo ubuntu-drivers install"; Debian: "sudo apt install nvidia-driver"), then restart.',
  },
  '1002': {
    name: 'AMD',
    drivers: ['amdgpu'],
    fix: 'Load the driver with "sudo modprobe amdgpu"; if that fails, install the package amdgpu-dkms, then restart.',
  },
  '8086': {
    name: 'Intel',
    drivers: ['i915', 'xe'],
    fix: 'Install a kernel that knows the card (6.8 or newer) and its firmware, then restart.',
  },
};

/** Where Intel's processors have theirs. */
const insideProcessor = '0000:00:02.0';

/** @returns a problem for each card on the bus that nothing has found, with what repairs it. */
export function findStrandedCards(results: readonly DetectionResult[]): DetectionProblem[] {
  const found = results.flatMap(({ devices }) => devices);
  const complaints = results.some(
    ({ status, problems }) => status !== 'unavailable' && problems.length > 0,
  );
  const cards = results.flatMap(({ present }) => present ?? []);
  return cards.flatMap((card) => {
    const maker = makers[card.pciModel.slice(0, 4)];
    if (maker === undefined || card.pciBusId === insideProcessor || card.driver === 'vfio-pci')
      return [];
    const same = found.some(({ pciBusId, vendor }) =>
      card.pciBusId === null ? vendor === 'nvidia' : pciBusId === card.pciBusId,
    );
    if (same) return [];
    const driven = card.driver !== null && maker.drivers.includes(card.driver);
    // A working driver that offers nothing is the vendor's own story, told by its detector.
    if (driven && (maker.name !== 'NVIDIA' || complaints)) return [];
    return [driven ? unanswering(card, maker) : undriven(card, maker)];
  });
}

function undriven(card: PciCard, maker: Maker): DetectionProblem {
  const state = card.driver === null ? 'no driver' : `the driver ${card.driver}`;
  return {
    code: 'gpu-without-driver',
    sentence: `${describe(card, maker)} is built in with ${state}, so nothing can use it.`,
    fix: maker.fix,
  };
}

function unanswering(card: PciCard, maker: Maker): DetectionProblem {
  return {
    code: 'gpu-not-answering',
    sentence: `${describe(card, maker)} has its driver, but ${maker.name}'s tool does not list it.`,
    fix: 'Look for its error with "sudo dmesg | grep -iE \'nvrm|xid\'", then restart the machine.',
  };
}

function describe({ name, pciBusId, pciModel }: PciCard, maker: Maker): string {
  const found = findModel({ name: name ?? '', memoryBytes: null, pciModel });
  const [first] = found.candidates;
  const known = first === undefined ? null : modelById(first);
  const words = found.candidates.length === 1 && known !== null ? known.name : name;
  const place = pciBusId === null ? pciModel : `${pciModel} at ${pciBusId}`;
  return `${words ?? `A card of ${maker.name}`} (${place})`;
}
