import { MarketError } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { secretMask } from '@node3/shared/secret-mask';
import { withoutNulls } from '@node3/shared/spec-input';
import { mergePatch } from '../domain/template-text.ts';
import type { JobRow } from '../store/rows.ts';
import { invalid, specProblems } from './check-template.ts';
import { withoutOverridden } from './fill-template.ts';
import { openSecrets, withoutSealed } from './job-secrets.ts';
import { isDeeperThan } from './json-depth.ts';
import { hashRequest, type PostJobDeps, type PostJobInput, postJob } from './post-job.ts';
import { findOwnJob } from './read-job.ts';

export interface RerunInput {
  accountId: string;
  keyId: string | null;
  jobId: string;
  /** A merge patch for the spec as it could have been posted. */
  changes: unknown;
  idempotencyKey: string | null;
  /** Stands for what was asked for, where the key says it all. */
  requestHash?: string;
}

/**
 * Posts an ended job again: the same work with the same images and secrets, as far as the changes
 * don't say otherwise. It waits for nobody, since what the first one waited for is over.
 */
export async function rerunJob(deps: PostJobDeps, input: RerunInput) {
  return postJob(deps, await prepareRerun(deps, input));
}

/** What is to be posted for it. */
export async function prepareRerun(deps: PostJobDeps, input: RerunInput): Promise<PostJobInput> {
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
  const held = openSecrets(deps.sealer, job);
  const spec = mergePatch(askedSpec(job), changes);
  const problems = specProblems(spec);
  if (problems.length > 0) {
    throw invalid(
      problems.map(({ pointer, detail }) => ({ pointer: `/changes${pointer}`, detail })),
    );
  }
  return {
    accountId,
    keyId,
    idempotencyKey,
    rerunOf: jobId,
    spec: spec as JobSpecInput,
    requestHash:
      input.requestHash ??
      hashRequest(
        deps,
        { rerunOf: jobId, changes },
        (changes as { secrets?: unknown } | null)?.secrets,
      ),
    secretEnv: withoutOverridden(undeclared(job, held.env), spec),
    secrets: { ...held.env, ...held.files },
    secretParts: held.parts,
    origin: job.spec.origin,
  };
}

/** What a requester would post to get this job. */
function askedSpec({ spec }: JobRow): unknown {
  const { after: _after, secrets: forms, ...asked } = withoutSealed(spec);
  if (forms === undefined) return withoutNulls(asked);
  const secrets = Object.fromEntries(
    Object.entries(forms).map(([name, as]) => [name, { value: secretMask, as }]),
  );
  const { env = {} } = asked.workload;
  const own = Object.entries(env).filter(([name]) => forms[name] !== 'env');
  const workload = { ...asked.workload, env: Object.fromEntries(own) };
  return withoutNulls({ ...asked, workload, secrets });
}

/** Environment values that came from parameters: the declared ones go by their declaration. */
function undeclared({ spec }: JobRow, env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => spec.secrets?.[name] !== 'env'));
}
