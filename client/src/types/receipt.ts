import type { Money } from '../money.ts';
import type { Payout } from './job.ts';
import type { Fault, JobReason, JobState } from './job-spec.ts';
import type { Cluster } from './marketplace.ts';

/** Everything the money of one ended job did. The quoted amount is never exceeded. */
export interface Receipt {
  version: 1;
  cluster: Cluster;
  jobId: string;
  /** SHA-256 of the complete spec as canonical JSON, hex. */
  specHash: string;
  quoteId: string | null;
  /** The one that it ended in. */
  state: JobState;
  reason: JobReason | null;
  fault: Fault | null;
  /** The row of the published table that applied; `rule` says it in words. */
  settledAs: 'success' | 'requester_run' | 'requester_free' | 'nobody' | 'provider' | 'platform';
  rule: { when: string; provider: string; requester: string };
  exitCode: number | null;
  createdAt: string;
  finishedAt: string;
  provider: { agentId: string; agentName: string; attempt: number; devices: string[] } | null;
  price: {
    kind: 'fixed' | 'metered';
    /** The reward, or the cap of a metered job. */
    most: Money;
    bidPerGpuHour: Money | null;
    ratePerGpuHour: Money | null;
    /** How many times the rate is paid. */
    gpusBilled: number;
    runLimitSec: number;
    /** How the share of the provider follows, in numbers. */
    formula: string;
  };
  /** Only run time is ever billed. */
  phases: {
    phase: 'earlier_attempts' | 'queued' | 'preparing' | 'running' | 'collecting';
    ms: number;
    billed: boolean;
  }[];
  billedMs: number;
  quoted: Money;
  held: Money;
  charged: Money;
  refund: Money;
  providerShare: Money;
  fee: Money;
  feeBasisPoints: number;
  /** What the marketplace paid of the share, for a failure of its own. */
  paidFromFees: Money;
  /** Always 0: the marketplace pays the cluster. */
  networkFee: Money;
  payout: Payout | null;
  transfers: {
    /** Its place in the ledger. */
    entry: number;
    transferId: string;
    kind: string;
    money: Money;
    at: string;
    /** Hex; chains this entry to all before it. */
    hash: string;
  }[];
  /** Nothing is left to happen: there is no payout on its way. */
  complete: boolean;
  issuedAt: string;
}

/** A receipt as the marketplace has signed it. */
export interface SignedReceipt {
  receipt: Receipt;
  algorithm: 'Ed25519';
  /** Public key of the receipts, base58. */
  key: string;
  /** Over "node3 receipt v1\n" and the receipt as canonical JSON, UTF-8; base58. */
  signature: string;
}
