import { geforceModels } from './catalog/geforce-models.ts';
import type { GpuModel } from './catalog/gpu-model.ts';
import { nvidiaProModels } from './catalog/nvidia-pro-models.ts';
import { otherModels } from './catalog/other-models.ts';

/** What is known about a device, or what a person typed. */
export interface ModelQuery {
  name: string;
  /** Measured memory; `null` for a typed name. */
  memoryBytes: number | null;
  /** `10de:2684` or `1002:747e:c8`, lower case; `null` when unknown. */
  pciModel: string | null;
}

export interface ModelMatch {
  /** The one model this is, or `null`: unknown, ambiguous, or contradicting itself. */
  modelId: string | null;
  /** Every model it may be: several for a family name such as `a100`. */
  candidates: string[];
  /** The name is known, but no variant of it has that much memory. */
  memoryMismatch: boolean;
}

const catalog: readonly GpuModel[] = [...geforceModels, ...nvidiaProModels, ...otherModels];
const byId = new Map(catalog.map((model) => [model.id, model]));
/** Every id of the catalogue. */
export const gpuModelIds: ReadonlySet<string> = new Set(byId.keys());

/** Tools print less than the label says: an L4 of "24 GB" has 23034 MiB, 6.3 % less. */
const memoryTolerance = 0.08;
/** Two variants whose memory fits about equally well can't be told apart by it. */
const memoryTie = 0.005;
const nameLengthMax = 200;

/** Words that tell nothing apart: makers, brands and trimmings. */
const noise = new Set(
  (
    'nvidia corporation geforce tesla amd ati advanced micro devices inc intel apple radeon ' +
    'instinct graphics generation series gpu blackwell workstation edition data center oam'
  ).split(' '),
);

/** @returns the words of a name that matter, lower case. */
function wordsOf(raw: string): string[] {
  const text = raw
    .slice(0, nameLengthMax)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\((?:r|tm)\)|[®™]/g, ' ')
    .replace(/^khw_apple(.*)item$/, '$1')
    .replace(/\(rev [0-9a-f]+\)/g, ' ')
    .replace(/max-q/g, 'maxq')
    .replace(/\bmobile\b/g, 'laptop');
  return marketingName(text)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !noise.has(word));
}

/** lspci prints the chip first and the name people know in brackets: `AD102 [GeForce RTX 4090]`. */
function marketingName(text: string): string {
  const bracketed = [...text.matchAll(/\[([^\]]+)\]/g)]
    .map((match) => match[1] ?? '')
    .filter((inner) => inner !== 'amd/ati' && !/^[0-9a-f]{4}(?::[0-9a-f]{4})?$/.test(inner));
  return bracketed.at(-1) ?? text;
}

/** Joins words, so that `RTX_4090`, `rtx4090` and `RTX 4090` are one; `4070S Ti` is `4070 Ti SUPER`. */
function keyOf(words: readonly string[]): string {
  return words
    .join('')
    .replace(/^(rtx\d{4})s(ti)?$/, (_whole, card: string, ti = '') => `${card}${ti}super`)
    .replace(/^(rtx\d{4})tis$/, '$1tisuper');
}

const memoryWord = /^(\d{1,3})gb?$/;

function withoutMemory(words: readonly string[]): string[] {
  return words.filter((word) => !memoryWord.test(word) && !/^hbm\d?e?$/.test(word));
}

function labelledMebibytes(words: readonly string[]): number | null {
  const label = words.map((word) => memoryWord.exec(word)?.[1]).find((size) => size !== undefined);
  return label === undefined ? null : Number(label) * 1024;
}

const byKey = new Map<string, GpuModel[]>();
for (const model of catalog) {
  const spellings = [model.id.replaceAll('-', ' '), model.name, ...model.aliases];
  for (const key of new Set(spellings.map((spelling) => keyOf(wordsOf(spelling))))) {
    byKey.set(key, [...(byKey.get(key) ?? []), model]);
  }
}

export function modelById(id: string): GpuModel | null {
  return byId.get(id) ?? null;
}

/**
 * Finds the catalogue model of a name, a memory size and a PCI id. Never the nearest one: an
 * unknown name gives nothing, and a family name stays several models until a fact decides.
 */
export function findModel(query: ModelQuery): ModelMatch {
  const words = wordsOf(query.name);
  const exactly = byKey.get(keyOf(words));
  const named = exactly ?? byKey.get(keyOf(withoutMemory(words))) ?? [];
  const known = named.length > 0 ? named : byPci(catalog, query.pciModel);
  const measuredMib = query.memoryBytes === null ? null : query.memoryBytes / 1_048_576;
  // A size inside a model's own name decides nothing: the "480GB" of a GH200 is the processor's.
  const memoryMib = measuredMib ?? (exactly === undefined ? labelledMebibytes(words) : null);
  const fitting = memoryMib === null ? known : byMemory(known, memoryMib);
  const memoryMismatch = known.length > 0 && fitting.length === 0;
  const usual = memoryMib === null ? fitting.filter((model) => !model.byMemoryOnly) : fitting;
  const exact = usual.length > 1 ? byPci(usual, query.pciModel) : [];
  const candidates = (exact.length > 0 ? exact : usual).map((model) => model.id);
  return {
    modelId: candidates.length === 1 ? (candidates[0] ?? null) : null,
    candidates,
    memoryMismatch,
  };
}

/** An id without a revision stands for every revision of the device, on either side. */
function byPci(models: readonly GpuModel[], pciModel: string | null): GpuModel[] {
  if (pciModel === null) return [];
  return models.filter((model) =>
    model.pciModels.some(
      (known) =>
        known === pciModel || pciModel.startsWith(`${known}:`) || known.startsWith(`${pciModel}:`),
    ),
  );
}

/** A model without a memory size shares the machine's, so any amount fits it. */
function byMemory(models: readonly GpuModel[], memoryMib: number): GpuModel[] {
  const distances = models.map((model) => ({
    model,
    distance:
      model.memoryMib.length === 0
        ? 0
        : Math.min(...model.memoryMib.map((size) => Math.abs(size - memoryMib) / size)),
  }));
  const fitting = distances.filter(({ distance }) => distance <= memoryTolerance);
  const best = Math.min(...fitting.map(({ distance }) => distance));
  return fitting.filter(({ distance }) => distance <= best + memoryTie).map(({ model }) => model);
}
