/** A model people rent by name. Memory is what its tool prints, in MiB, one entry per variant. */
export interface GpuModel {
  /** What jobs ask for, such as `rtx-4090`. */
  id: string;
  name: string;
  /** CUDA compute capability, AMD gfx target or Metal family; `null` where there is none. */
  capability: string | null;
  memoryMib: readonly number[];
  /** `vendor:device` or `vendor:device:revision`, lower-case hexadecimal. */
  pciModels: readonly string[];
  /** Other spellings, and family names (`a100`) shared with sibling models. */
  aliases: readonly string[];
  /** Only the memory tells this variant from the usual one, so without it the usual one is meant. */
  byMemoryOnly: boolean;
}

export interface ModelFacts {
  capability?: string;
  /** Space-separated device ids without the vendor: `2684 2685`. */
  pci?: string;
  /** Spellings separated by `, `. */
  aliases?: string;
  byMemoryOnly?: true;
}

/** Makes the row functions of one vendor's table. */
export function modelRows(pciVendor: string) {
  return (id: string, name: string, memoryMib: number[], facts: ModelFacts = {}): GpuModel => ({
    id,
    name,
    capability: facts.capability ?? null,
    memoryMib,
    pciModels: (facts.pci ?? '')
      .split(' ')
      .flatMap((device) => (device && `${pciVendor}:${device}`) || []),
    aliases: facts.aliases === undefined ? [] : facts.aliases.split(', '),
    byMemoryOnly: facts.byMemoryOnly ?? false,
  });
}
