import { completeJobSpec, type JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import { SequentialIds } from '@node3/shared/testing/sequential-ids';

const ids = new SequentialIds();
const price = { kind: 'fixed' as const, reward: { amount: '0.01', asset: 'SOL' as const } };

/** An offer of a small container job, each time with new ids. */
export function sampleOffer(
  spec: Partial<JobSpecInput> = {},
  changes: Partial<ExecutionOffer> = {},
): ExecutionOffer {
  const workload = { kind: 'container' as const, image: 'busybox', command: ['true'] };
  const images = { container: '', python: '', javascript: '', typescript: '', bash: '' };
  return {
    type: 'offer',
    executionId: ids.next('execution'),
    jobId: ids.next('job'),
    attempt: 1,
    leaseToken: ids.secret(32),
    acceptWithinMs: limits.offerAcceptMs,
    leaseMs: limits.leaseMs,
    deviceIds: [],
    spec: completeJobSpec({ workload, price, ...spec }, images),
    reward: price.reward,
    ...changes,
  };
}
