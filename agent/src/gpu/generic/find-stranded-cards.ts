import { findModel, modelById } from '@node3/shared/gpu/normalise-model';
import { sayGpuProblem } from '@node3/shared/gpu-problems';
import type { DetectionProblem, DetectionResult, PciCard } from '../gpu-detector.ts';

interface Maker {
  name: string;
  /** Kernel drivers with which its own tools work. */
  drivers: readonly string[];
  by: 'nvidia' | 'amd' | 'intel';
}

const makers: Readonly<Record<string, Maker>> = {
  '10de': {
    name: 'NVIDIA',
    by: 'nvidia',
    drivers: ['nvidia'],
  },
  '1002': {
    name: 'AMD',
    by: 'amd',
    drivers: ['amdgpu'],
  },
  '8086': {
    name: 'Intel',
    by: 'intel',
    drivers: ['i915', 'xe'],
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
  const named = { card: describe(card, maker) };
  if (card.driver === null) return sayGpuProblem(`${maker.by}-bare.gpu-without-driver`, named);
  const values = { ...named, driver: card.driver };
  return sayGpuProblem(`${maker.by}-held.gpu-without-driver`, values);
}

function unanswering(card: PciCard, maker: Maker): DetectionProblem {
  return sayGpuProblem('gpu-not-answering', { card: describe(card, maker), maker: maker.name });
}

function describe({ name, pciBusId, pciModel }: PciCard, maker: Maker): string {
  const found = findModel({ name: name ?? '', memoryBytes: null, pciModel });
  const [first] = found.candidates;
  const known = first === undefined ? null : modelById(first);
  const words = found.candidates.length === 1 && known !== null ? known.name : name;
  const place = pciBusId === null ? pciModel : `${pciModel} at ${pciBusId}`;
  return `${words ?? `A card of ${maker.name}`} (${place})`;
}
