import { findModel } from '../gpu/normalise-model.ts';
import type { GpuRequirement } from '../job-spec.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportOptions } from './imported-job.ts';
import type { NosanaHead } from './nosana-head.ts';

export interface GpuWishes {
  /** In place of everything else. */
  instead: GpuRequirement | null;
  models: string[] | null;
}

/** What whoever imports the document says of GPUs: theirs are chosen by a market, outside of it. */
export function readGpuWishes(report: ImportReport, { gpus, market }: ImportOptions): GpuWishes {
  const model = market === undefined ? null : modelOfMarket(market);
  if (market !== undefined && model === null) {
    const detail = `can not tell which GPU the market "${market.slice(0, 64)}" has`;
    report.refuse('', detail, 'Name the model instead, such as rtx-4090.');
  }
  return { instead: gpus ?? null, models: model === null ? null : [model] };
}

/** `nvidia-4090` and `nvidia-a100-80gb-community` by the model in their middle; null for others. */
export function modelOfMarket(market: string): string | null {
  const text = market
    .toLowerCase()
    .replace(/^nvidia-/, '')
    .replace(/-(?:community|premium)$/, '');
  const names = /^\d/.test(text) ? [`rtx-${text}`, `gtx-${text}`] : [text];
  const isKnown = (name: string) =>
    name.length <= 64 &&
    findModel({ name, memoryBytes: null, pciModel: null }).candidates.length > 0;
  return names.find(isKnown) ?? null;
}

/**
 * Theirs get every GPU of a node, which has one. Sold gigabytes are decimal here: a card of 24 GB
 * reports some 24,500 MiB, less than 24 times 1024.
 */
export function gpusOf(wishes: GpuWishes, vram: NosanaHead['vram']): GpuRequirement {
  if (wishes.instead !== null) return wishes.instead;
  const most = Math.max(0, ...vram.map(({ gigabytes }) => gigabytes));
  return {
    count: 1,
    vendor: 'nvidia',
    ...(wishes.models === null ? {} : { models: wishes.models }),
    ...(most === 0 ? {} : { memoryBytesMin: Math.ceil(most * 1e9) }),
  };
}
