import { MarketError } from '@node3/shared/error';
import type { PlacementStrategy } from '@node3/shared/job-spec';
import type { Requester } from '../http/auth.ts';
import { keyOfClientId } from '../services/find-hodei-job.ts';
import { postJob } from '../services/post-job.ts';
import type { GrpcDeps } from './grpc-deps.ts';
import { type JobDefinition, toSpec } from './job-definition.ts';

/** The name that a client gives a job makes its posting safe to repeat. */
export async function postDefinition(
  deps: GrpcDeps,
  { accountId, keyId }: Requester,
  definition: JobDefinition | null,
  extras: { askedBy: string; strategy?: PlacementStrategy | undefined },
) {
  const spec = toSpec(definition, extras, deps);
  const idempotencyKey = idempotencyKeyOf(definition?.job_id ?? '');
  return postJob(deps, { accountId, keyId, spec, idempotencyKey });
}

function idempotencyKeyOf(jobId: string): string | null {
  if (jobId === '') return null;
  if (/^[A-Za-z0-9._:-]{1,64}$/.test(jobId)) return keyOfClientId(jobId);
  const detail = 'must be 1 to 64 letters, digits and . _ : -';
  throw new MarketError('REQUEST_INVALID', {
    errors: [{ pointer: '/job_definition/job_id', detail }],
  });
}
