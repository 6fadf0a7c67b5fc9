import type { Clock } from '@node3/shared/clock';
import { countSecretBytes } from '@node3/shared/job-secrets';
import type { JobSpec } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import type { Instant } from '../host-clock.ts';
import type { Journal } from '../journal/journal.ts';
import type { PolicyTerms } from '../policy/find-policy-refusal.ts';
import type { SecretKeys } from '../secret-keys.ts';
import { decideAdmission } from './admission.ts';
import type { FreeCapacity } from './capacity.ts';
import type { DeviceInventory } from './device-inventory.ts';
import type { ExecutionDesk } from './execution-desk.ts';
import { toExecutionRequest } from './execution-request.ts';
import type { ExecutorBoard } from './executor-board.ts';
import { readJobSpec } from './job-spec-reader.ts';
import { LiveExecution } from './live-execution.ts';
import { machineArch } from './machine.ts';
import { SecretRedactor } from './secret-redactor.ts';

export interface IntakeDeps {
  journal: Journal;
  clock: Clock;
  log: Logger;
  board: ExecutorBoard;
  inventory: DeviceInventory;
  desk: ExecutionDesk;
  secretKeys: Pick<SecretKeys, 'open'>;
  takesWork(): boolean;
  free(): FreeCapacity;
  /** The provider's policy at this moment. */
  terms(): PolicyTerms;
  /** The journal has something for the outbox. */
  onOwed(executionId: string): void;
  /** An offer could not be taken: asking for the next one at once would bring the same. */
  onRefused(): void;
}

/**
 * Takes an offer on or hands it back at once. It is in the journal before anything else happens,
 * so whatever becomes of this process, the marketplace gets an answer.
 */
export function takeOffer(deps: IntakeDeps, offer: ExecutionOffer, offeredAt: Instant): void {
  const { executionId } = offer;
  const nowMs = deps.clock.nowMs();
  if (deps.journal.recordOffer(offer, nowMs) === 'known') {
    deps.log.info({ executionId }, 'offer is known already');
    return;
  }
  const live = deps.takesWork() ? admit(deps, offer) : 'The agent takes no new work now.';
  if (typeof live !== 'string') {
    deps.log.info({ executionId, jobId: offer.jobId }, 'offer is taken on');
    deps.desk.begin(live, { kind: 'offer', offeredAt });
    return;
  }
  deps.log.warn({ executionId, why: live }, 'offer is handed back');
  deps.journal.recordRelease(executionId, nowMs);
  deps.onOwed(executionId);
  deps.onRefused();
}

/** @returns the execution ready to begin, or the sentence that says why it can't be taken. */
export function admit(deps: IntakeDeps, offer: ExecutionOffer): LiveExecution | string {
  const spec = readJobSpec(offer.spec);
  if (spec === null) return 'The job spec of the offer is not valid.';
  const admission = decideAdmission({
    spec,
    deviceIds: offer.deviceIds,
    free: deps.free(),
    executors: deps.board.available(),
    terms: deps.terms(),
    requesterId: offer.requesterId ?? null,
    rate: offer.rate ?? null,
    arch: machineArch(),
  });
  if (!admission.admitted) return admission.sentence;
  return buildLive(deps, offer, spec, admission.executorName);
}

/** @returns the execution with the executor that has it already, or why there is no such thing. */
export function readopt(
  deps: IntakeDeps,
  offer: ExecutionOffer,
  executorName: string | null,
): LiveExecution | string {
  const spec = readJobSpec(offer.spec);
  if (spec === null) return 'The job spec in the journal is not valid.';
  if (executorName === null) return 'The journal names no executor.';
  return buildLive(deps, offer, spec, executorName);
}

function buildLive(
  deps: IntakeDeps,
  offer: ExecutionOffer,
  spec: JobSpec,
  executorName: string,
): LiveExecution | string {
  const executor = deps.board.find(executorName);
  if (executor === null) return `This agent has no executor ${executorName}.`;
  const secrets = deps.secretKeys.open(offer);
  if (secrets === null) return 'The job has secrets that this agent can not open.';
  if (countSecretBytes(secrets) > limits.secretBytesPerJob) {
    return `The job has more than ${limits.secretBytesPerJob} bytes of secrets.`;
  }
  const devices = deps.inventory.forExecutor(offer.deviceIds);
  const ownerId = deps.journal.ownerId();
  const request = toExecutionRequest({ offer, spec, ownerId, devices, secrets });
  const values = [...Object.values(secrets.env), ...Object.values(secrets.files), ...secrets.parts];
  return new LiveExecution({
    offer,
    spec,
    executor,
    isolation: deps.board.isolationOf(executor),
    request,
    secretValues: values,
    redactor: new SecretRedactor(values),
  });
}
