import type { Asset, BaseUnits } from '@node3/shared/money';

/** What jobs of one day, key, asset and set of devices came to. */
export interface UsageSum {
  /** Days since 1970 in UTC. */
  day: number;
  apiKeyId: string | null;
  asset: Asset;
  /** Catalogue ids of the GPUs that each of the jobs ran on; null for an unknown model. */
  gpus: (string | null)[];
  jobs: number;
  /** Milliseconds that charged runs took together. */
  runMs: number;
  charged: BaseUnits;
}

export interface UsageSearch {
  accountId: string;
  /** Jobs that ended from then on, milliseconds since 1970. */
  fromMs: number;
  /** And before then. */
  beforeMs: number;
  sumsMax: number;
}

export interface UsageStore {
  /** Sums over jobs that ended in that time, at most `sumsMax`, in no order. */
  usageSums(search: UsageSearch): Promise<UsageSum[]>;
}
