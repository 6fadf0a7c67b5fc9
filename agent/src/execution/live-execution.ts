import type { JobSpec } from '@node3/shared/job-spec';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import type { ExecutionRequest, Executor } from '../executors/executor.ts';
import type { Reservation } from './capacity.ts';
import type { SecretRedactor } from './secret-redactor.ts';

/**
 * Why the agent ends a workload. `requester`: cancelled. `superseded`: the marketplace gave the
 * job to somebody else. `no-progress`: it was silent for longer than the job allows. `lease-expired`: the agent's own clocks say it may. `drain`: the provider
 * wants the machine back. `policy`: it wants it back by a rule that it set. `provider`: it stopped this
 * one job.
 */
export type StopCause =
  | 'requester'
  | 'superseded'
  | 'lease-expired'
  | 'no-progress'
  | 'policy'
  | 'provider'
  | 'drain';

export interface LiveExecutionFacts {
  offer: ExecutionOffer;
  spec: JobSpec;
  executor: Executor;
  /** What the executor really enforces, for the requester to read. */
  isolation: string;
  request: ExecutionRequest;
  secretValues: readonly string[];
  /** Knows the values of the job's secrets. */
  redactor: SecretRedactor;
}

/** One execution this process is busy with, from the offer until its traces are gone. */
export class LiveExecution {
  readonly facts: LiveExecutionFacts;
  readonly #abort = new AbortController();
  #cause: StopCause | null = null;

  constructor(facts: LiveExecutionFacts) {
    this.facts = facts;
  }

  get executionId(): string {
    return this.facts.offer.executionId;
  }

  /** Aborts when the workload has to end. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get cause(): StopCause | null {
    return this.#cause;
  }

  /** The first cause stands, except that a superseded execution is nobody's whatever came first. */
  stop(cause: StopCause): void {
    if (this.#cause === null || cause === 'superseded') this.#cause = cause;
    this.#abort.abort();
  }

  get reservation(): Reservation {
    const { offer, spec } = this.facts;
    const { cpus, memoryBytes, diskBytes } = spec.resources;
    return { deviceIds: offer.deviceIds, cpus, memoryBytes, diskBytes };
  }
}

/** What the provider's log and the outcome's detail say about a stop. */
export const stopSentences: Record<StopCause, string> = {
  requester: 'The requester cancelled the job.',
  superseded: 'The marketplace took the job back.',
  'lease-expired':
    'The agent could not renew its lease in time and stopped the workload, so that it never runs twice.',
  'no-progress':
    'The program wrote no line for as long as its progress limit allows, and was stopped.',
  policy: 'A rule of the provider ended the time of jobs on its machine.',
  provider: 'The provider stopped this job on its machine.',
  drain: 'The provider shut the agent down before the job ended.',
};
