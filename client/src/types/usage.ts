import type { Money } from '../money.ts';

/** What usage can be told apart by. */
export type UsageGroup = 'day' | 'key' | 'gpu' | 'label';

/** What ended jobs used and cost, in the order of day, key, GPU, label and asset. */
export interface Usage {
  /** First and last day in UTC. */
  from: string;
  to: string;
  data: UsageRow[];
}

/** The sum of some jobs. What they are not told apart by is null. */
export interface UsageRow {
  day: string | null;
  /** Of the key that posted them. */
  keyId: string | null;
  /** Catalogue id of their first GPU, such as `rtx-4090`. */
  gpu: string | null;
  /** Value of the label that was asked for; null for jobs that have none of that name, too. */
  label: string | null;
  jobs: number;
  /** Milliseconds of charged runs, times the GPUs of each. */
  gpuMs: number;
  runMs: number;
  charged: Money;
}
