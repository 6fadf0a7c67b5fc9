import type { Asset, BaseUnits } from '@node3/shared/money';
import type { UsageGroup } from '@node3/shared/routes/usage';
import type { UsageSum } from '../store/usage-store.ts';

/** A line of usage; what it is not grouped by is null. */
export interface UsageLine {
  day: number | null;
  keyId: string | null;
  gpu: string | null;
  asset: Asset;
  jobs: number;
  runMs: number;
  gpuMs: number;
  charged: BaseUnits;
}

/** Adds sums up by what is asked for. In the order of day, key, GPU and asset; unknown comes first. */
export function groupUsage(sums: readonly UsageSum[], by: readonly UsageGroup[]): UsageLine[] {
  const lines = new Map<string, UsageLine>();
  for (const sum of sums) {
    const { asset, gpus, jobs, runMs, charged } = sum;
    const day = by.includes('day') ? sum.day : null;
    const keyId = by.includes('key') ? sum.apiKeyId : null;
    const gpu = by.includes('gpu') ? (gpus[0] ?? null) : null;
    const name = JSON.stringify([day, keyId, gpu, asset]);
    const none = { jobs: 0, runMs: 0, gpuMs: 0, charged: 0n };
    const before = lines.get(name) ?? { day, keyId, gpu, asset, ...none };
    lines.set(name, {
      ...before,
      jobs: before.jobs + jobs,
      runMs: before.runMs + runMs,
      gpuMs: before.gpuMs + runMs * gpus.length,
      charged: (before.charged + charged) as BaseUnits,
    });
  }
  return [...lines.values()].toSorted(byName);
}

function byName(a: UsageLine, b: UsageLine): number {
  return (
    (a.day ?? 0) - (b.day ?? 0) ||
    compare(a.keyId ?? '', b.keyId ?? '') ||
    compare(a.gpu ?? '', b.gpu ?? '') ||
    compare(a.asset, b.asset)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
