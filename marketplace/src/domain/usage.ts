import type { Asset, BaseUnits } from '@node3/shared/money';
import type { CustomerUsageGroup } from '@node3/shared/routes/usage';
import type { UsageSum } from '../store/usage-store.ts';

/** A line of usage; what it is not grouped by is null. */
export interface UsageLine {
  accountId: string | null;
  day: number | null;
  keyId: string | null;
  gpu: string | null;
  label: string | null;
  asset: Asset;
  jobs: number;
  runMs: number;
  gpuMs: number;
  charged: BaseUnits;
}

/** Adds sums up by what is asked for. In the order of day, account, key, GPU, label and asset; unknown comes first. */
export function groupUsage(
  sums: readonly UsageSum[],
  by: readonly CustomerUsageGroup[],
): UsageLine[] {
  const total = new UsageTotal(by);
  total.add(sums);
  return total.takeBefore(null);
}

/** Lines of usage that are still growing. It holds one for each day, account, key, GPU, label and asset that is told apart. */
export class UsageTotal {
  readonly #by: readonly CustomerUsageGroup[];
  readonly #lines = new Map<string, UsageLine>();

  constructor(by: readonly CustomerUsageGroup[]) {
    this.#by = by;
  }

  add(sums: readonly UsageSum[]): void {
    for (const sum of sums) this.#addOne(sum);
  }

  get size(): number {
    return this.#lines.size;
  }

  /** Takes out the lines of earlier days, in order; null takes all. Without days all are of one. */
  takeBefore(day: number | null): UsageLine[] {
    const taken = [...this.#lines].filter(
      ([, line]) => day === null || (line.day !== null && line.day < day),
    );
    for (const [name] of taken) this.#lines.delete(name);
    return taken.map(([, line]) => line).toSorted(byName);
  }

  #addOne({ asset, gpus, jobs, runMs, charged, ...sum }: UsageSum): void {
    const day = this.#by.includes('day') ? sum.day : null;
    const keyId = this.#by.includes('key') ? sum.apiKeyId : null;
    const gpu = this.#by.includes('gpu') ? (gpus[0] ?? null) : null;
    const label = this.#by.includes('label') ? sum.labelValue : null;
    const accountId = this.#by.includes('account') ? sum.accountId : null;
    const name = JSON.stringify([accountId, day, keyId, gpu, label, asset]);
    const none = { jobs: 0, runMs: 0, gpuMs: 0, charged: 0n };
    const before = this.#lines.get(name) ?? { accountId, day, keyId, gpu, label, asset, ...none };
    this.#lines.set(name, {
      ...before,
      jobs: before.jobs + jobs,
      runMs: before.runMs + runMs,
      gpuMs: before.gpuMs + runMs * gpus.length,
      charged: (before.charged + charged) as BaseUnits,
    });
  }
}

function byName(a: UsageLine, b: UsageLine): number {
  return (
    (a.day ?? 0) - (b.day ?? 0) ||
    compare(a.accountId ?? '', b.accountId ?? '') ||
    compare(a.keyId ?? '', b.keyId ?? '') ||
    compare(a.gpu ?? '', b.gpu ?? '') ||
    compareUnknown(a.label, b.label) ||
    compare(a.asset, b.asset)
  );
}

/** An empty text is a value of a label too. */
function compareUnknown(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  return compare(a, b);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
