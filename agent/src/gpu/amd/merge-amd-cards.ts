import { bytesOfMebibytes } from '../byte-size.ts';
import type { DrmCard } from '../read-drm-cards.ts';
import type { AmdSmiIdentity } from './parse-amd-smi.ts';
import type { AmdgpuTopCard } from './parse-amdgpu-top.ts';
import type { RocmCard } from './parse-rocm-smi.ts';
import type { RocmAgent } from './parse-rocminfo.ts';
import type { KfdNode } from './read-kfd.ts';

/** What one place says about one card; `null` and absent are unknown. */
export interface AmdFacts {
  index: number;
  /** The number by which AMD's tools list its telemetry. */
  toolIndex?: number;
  pciBusId: string | null;
  /** Sixteen hexadecimal digits. */
  uniqueId: string | null;
  name?: string | null;
  pciModel?: string | null;
  gfxTarget?: string | null;
  memoryBytes?: number | null;
  driverVersion?: string | null;
  renderNode?: string | null;
  /** Where its telemetry stands in `/sys`. */
  folder?: string | null;
  /** Known to the compute driver, so that programs can use it; absent where nobody looked. */
  compute?: boolean;
  integrated?: boolean;
}

/** @returns sixteen hexadecimal digits of `0x5c88…`, `5c88…` or KFD's decimal; `null` for none. */
export function uniqueIdOf(raw: string | null, form: 'hex' | 'decimal'): string | null {
  const digits = (raw ?? '').trim().replace(/^0x/i, '');
  if (!(form === 'hex' ? /^[0-9a-f]{1,16}$/i : /^\d{1,20}$/).test(digits)) return null;
  const text = form === 'hex' ? digits.toLowerCase() : BigInt(digits).toString(16);
  return /^0*$/.test(text) ? null : text.padStart(16, '0');
}

export function factsOfNode(node: KfdNode): AmdFacts {
  return {
    index: node.node,
    pciBusId: node.pciBusId,
    uniqueId: uniqueIdOf(node.uniqueId, 'decimal'),
    pciModel: node.pciModel,
    gfxTarget: node.gfxTarget,
    memoryBytes: node.memoryBytes,
    renderNode: node.renderMinor === null ? null : `/dev/dri/renderD${node.renderMinor}`,
    compute: true,
    integrated: node.integrated,
  };
}

export function factsOfDrmCard(
  card: DrmCard,
  more: Pick<AmdFacts, 'uniqueId' | 'name' | 'memoryBytes'>,
): AmdFacts {
  const { index, pciBusId, pciModel, renderNode, folder } = card;
  return { index, pciBusId, pciModel, renderNode, folder, ...more };
}

export function factsOfIdentity(card: AmdSmiIdentity): AmdFacts {
  return {
    index: card.index,
    toolIndex: card.index,
    pciBusId: card.pciBusId,
    uniqueId: uniqueIdOf(card.serial, 'hex'),
    name: card.name,
    pciModel: card.pciModel,
    gfxTarget: card.gfxTarget,
    memoryBytes: bytesOfMebibytes(card.memoryMib),
    driverVersion: card.driverVersion,
  };
}

export function factsOfRocmCard(card: RocmCard, driverVersion: string | null): AmdFacts {
  const { index, pciBusId, name, pciModel, memoryBytes } = card;
  const uniqueId = uniqueIdOf(card.uniqueId, 'hex');
  // Its "GFX Version" has printed targets that don't exist (gfx11001), so it is not taken.
  const facts = { pciBusId, uniqueId, name, pciModel, memoryBytes, driverVersion };
  return { index, toolIndex: index, ...facts };
}

/** ROCm's runtime lists what programs can use, and nothing else. */
export function factsOfAgent(card: RocmAgent): AmdFacts {
  const { gfxTarget, integrated, memoryBytes, name, pciBusId, pciModel } = card;
  return {
    index: card.agent,
    pciBusId,
    uniqueId: uniqueIdOf(card.uuid?.replace(/^GPU-/i, '') ?? null, 'hex'),
    name,
    pciModel,
    gfxTarget,
    memoryBytes,
    compute: true,
    integrated,
  };
}

/** It lists every card with a driver, whether or not programs can compute on it. */
export function factsOfTopCard(card: AmdgpuTopCard): AmdFacts {
  const { gfxTarget, integrated, memoryMib, name, pciBusId, pciModel } = card;
  const { index } = card.metrics;
  const memoryBytes = bytesOfMebibytes(memoryMib);
  const facts = { pciBusId, name, pciModel, gfxTarget, memoryBytes, integrated };
  return { index, toolIndex: index, uniqueId: null, compute: false, ...facts };
}

/**
 * Joins what all places say, card by card: by unique id, else by address. The partitions of one
 * card share a unique id and are one card; a tool without either is matched by its position.
 */
export function mergeAmdCards(...places: readonly AmdFacts[][]): AmdFacts[] {
  const merged: AmdFacts[] = [];
  for (const place of places) {
    const before = merged.length;
    for (const [position, facts] of place.entries()) {
      const nameless = facts.uniqueId === null && facts.pciBusId === null;
      const at = merged.findIndex((card, other) =>
        nameless && before === place.length ? other === position : isSameCard(card, facts),
      );
      const known = merged[at];
      if (known === undefined) merged.push(facts);
      else merged[at] = { ...known, ...definedOf(facts, known) };
    }
  }
  return merged;
}

function isSameCard(a: AmdFacts, b: AmdFacts): boolean {
  if (a.uniqueId !== null && b.uniqueId !== null) return a.uniqueId === b.uniqueId;
  return a.pciBusId !== null && a.pciBusId === b.pciBusId;
}

/** Facts that are new; of those that both know the first stays, and the longer PCI model wins. */
function definedOf(facts: AmdFacts, known: AmdFacts): Partial<AmdFacts> {
  const fresh = Object.entries(facts).filter(
    ([name, value]) =>
      value !== null && value !== undefined && known[name as keyof AmdFacts] == null,
  );
  const longer = (facts.pciModel ?? '').length > (known.pciModel ?? '').length;
  return { ...Object.fromEntries(fresh), ...(longer && { pciModel: facts.pciModel ?? null }) };
}
