import type { Device } from '@node3/shared/device';
import type { JobSpec } from '@node3/shared/job-spec';
import type { Asset, BaseUnits } from '@node3/shared/money';

/** A run on GPUs that succeeded. */
export interface PricedRun {
  executionId: string;
  finishedAtMs: number;
  devices: Device[];
  asset: Asset;
  /** Whether anything was paid for it: without that nothing was agreed on, and `rate` and `spec` are null. */
  charged: boolean;
  /** Base units per GPU hour of a metered job; null for a fixed price, which its spec says. */
  rate: BaseUnits | null;
  /** null for a metered job. */
  spec: JobSpec | null;
}

export interface PricedSearch {
  /** The run to go on after; an empty id for the first one at that time. */
  after: Pick<PricedRun, 'finishedAtMs' | 'executionId'>;
  beforeMs: number;
  limit: number;
}

export interface PriceStore {
  /** Runs in the order in which they ended, at most `limit`: no more are looked at, paid for or not. */
  pricedRuns(search: PricedSearch): Promise<PricedRun[]>;
}
