import type { JobState } from '@node3/shared/job-state';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { ProgramRun } from '../domain/size-job.ts';

/** What jobs of one account, day, key, asset, set of devices and value of a label came to. */
export interface UsageSum {
  accountId: string;
  /** Days since 1970 in UTC. */
  day: number;
  apiKeyId: string | null;
  asset: Asset;
  /** Catalogue ids of the GPUs that each of the jobs ran on; null for an unknown model. */
  gpus: (string | null)[];
  /** Of the label that the search names; null without it. */
  labelValue: string | null;
  jobs: number;
  /** Milliseconds that charged runs took together. */
  runMs: number;
  charged: BaseUnits;
}

export interface UsageSearch {
  /** null: of all. */
  accountId: string | null;
  /** Jobs that ended from then on, milliseconds since 1970. */
  fromMs: number;
  /** And before then. */
  beforeMs: number;
  /** Name of a label whose values are told apart; null: none. */
  label: string | null;
  /** How many jobs one read looks at, but for those that ended in the same millisecond. */
  jobsMax: number;
}

export interface UsageSlice {
  /** In no order. */
  sums: UsageSum[];
  /** Where the next slice begins; null after the last one. */
  nextMs: number | null;
}

/** What jobs of one span of time, state and provider came to. */
export interface EndedSum {
  /** Its number, counted from 1970 in spans. */
  span: number;
  state: JobState;
  /** null for jobs that no agent ever had. */
  providerId: string | null;
  jobs: number;
  /** Runs whose time is known, and what they took together. */
  timedRuns: number;
  runMs: number;
}

export interface EndedSearch extends Omit<UsageSearch, 'accountId' | 'label'> {
  /** null: of everybody. */
  accountId: string | null;
  /** How long a span is. */
  spanMs: number;
}

/** How long jobs of one span ran, or waited in the queue before their last attempt. */
export interface EndedTime {
  span: number;
  of: 'run' | 'queue';
  /** Milliseconds, rounded down to three digits. */
  ms: number;
  jobs: number;
}

export interface RunSearch {
  accountId: string;
  /** Text that the specs have in them, as they are stored. */
  mark: string;
  /** How many of the newest jobs that ended are looked at, whatever they ran. */
  jobsMax: number;
}

export interface UsageStore {
  /** Sums over the first jobs that ended in that time. */
  usageSums(search: UsageSearch): Promise<UsageSlice>;
  /** Jobs that ended, in slices as `usageSums`. */
  endedSums(search: EndedSearch): Promise<{ sums: EndedSum[]; nextMs: number | null }>;
  /** How long the same jobs took, in the same slices. */
  endedTimes(search: EndedSearch): Promise<{ times: EndedTime[]; nextMs: number | null }>;
  /** Last runs of the newest jobs that succeeded or ran out of memory. In no order. */
  recentRuns(search: RunSearch): Promise<ProgramRun[]>;
}
