import { canonicalJson } from '@node3/shared/canonical-json';
import { MarketError } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { withoutNulls } from '@node3/shared/spec-input';
import { mergePatch } from '../domain/template-text.ts';
import type { JobRow } from '../store/rows.ts';
import { hashText } from './api-key.ts';
import { invalid, specProblems } from './check-template.ts';
import { withoutOverridden } from './fill-template.ts';
import { isDeeperThan } from './json-depth.ts';
import { type PostJobDeps, postJob } from './post-job.ts';
import { findOwnJob } from './read-job.ts';
import { openSecretEnv } from './sealed-env.ts';

export interface RerunInput {
  accountId: string;
  keyId: string | null;
  jobId: string;
  /** A merge patch for the spec as it could have been posted. */
  changes: unknown;
  idempotencyKey: string | null;
}

/**
 * Posts an ended job again: the same work with the same images and secrets, as far as the changes
 * don't say otherwise. It waits for nobody, since what the first one waited for is over.
 */
export async function rerunJob(deps: PostJobDeps, input: RerunInput) {
  const { accountId, keyId, jobId, changes = {}, idempotencyKey } = input;
  const job = await findOwnJob(deps, jobId, accountId);
  if (!isTerminalJob(job.state)) {
    const detail = `The job is ${job.state}; it can be run again when it has ended.`;
    throw new MarketError('JOB_STATE_INVALID', { detail, jobId, state: job.state });
  }
  if (isDeeperThan(changes, limits.jsonDepthMax)) {
    const detail = `must not be nested deeper than ${limits.jsonDepthMax} levels`;
    throw invalid([{ pointer: '/changes', detail }]);
  }
  const spec = mergePatch(askedSpec(job), changes);
  const problems = specProblems(spec);
  if (problems.length > 0) {
    throw invalid(
      problems.map(({ pointer, detail }) => ({ pointer: `/changes${pointer}`, detail })),
    );
  }
  return postJob(deps, {
    accountId,
    keyId,
    idempotencyKey,
    rerunOf: jobId,
    spec: spec as JobSpecInput,
    requestHash: hashText(canonicalJson({ rerunOf: jobId, changes })),
    secretEnv: withoutOverridden(openSecretEnv(deps.sealer, job), spec),
    origin: job.spec.origin,
  });
}

/** What a requester would post to get this job. */
function askedSpec({ spec }: JobRow): unknown {
  const { sealedEnv: _sealed, origin: _origin, after: _after, ...asked } = spec;
  return withoutNulls(asked);
}
