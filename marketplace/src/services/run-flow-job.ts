import { MarketError } from '@node3/shared/error';
import type { FlowNode } from '@node3/shared/flow-graph';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { isTerminalJob, reasons } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { secretMask } from '@node3/shared/secret-mask';
import { flowJobKey } from '../domain/flow-job-key.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { FlowRunRow } from '../store/flow-store.ts';
import type { JobRow } from '../store/rows.ts';
import { hashText } from './api-key.ts';
import { assertKeyWorks } from './assert-key-works.ts';
import { awaitJob } from './await-job.ts';
import { cancelJob } from './cancel-job.ts';
import type { JobChangeDeps } from './change-job.ts';
import { invalid, specProblems } from './check-template.ts';
import { filledWithSecrets, type NoteInput, type StepWork } from './flow-step-work.ts';
import { type PostJobDeps, postJob } from './post-job.ts';

export interface FlowJobDeps extends PostJobDeps, JobChangeDeps {
  feed: LiveFeed;
}

type JobNode = Extract<FlowNode, { type: 'job' }>;

function idempotencyOf(runId: string, nodeId: string) {
  const key = flowJobKey(runId, nodeId);
  return { key, requestHash: hashText(key) };
}

/**
 * Posts the job of a step as the account of the run, or finds the one that was posted before a crash,
 * and waits for its end. Throws what posting throws, and STEP_JOB_FAILED.
 */
export async function runFlowJob(
  deps: FlowJobDeps,
  work: StepWork,
  node: JobNode,
  note: NoteInput,
): Promise<unknown> {
  const spec = withMasks(filledWithSecrets(work, node.config.spec, 'masked'));
  note({ spec: withoutValues(spec) });
  const posted = await post(deps, work, node, spec);
  await work.noteJob(posted.jobId);
  const job = await awaitJob(deps, posted, work.signal);
  if (!isTerminalJob(job.state)) throw work.signal.reason;
  const { jobId, state, exitCode } = job;
  if (state !== 'succeeded') {
    const why = job.reason === null ? '' : ` ${reasons[job.reason].sentence}`;
    const detail = `The job is ${state}.${why}`;
    throw new MarketError('STEP_JOB_FAILED', {
      detail,
      jobId,
      state,
      reason: job.reason,
      exitCode,
    });
  }
  return {
    jobId,
    state,
    exitCode,
    output: job.output ?? null,
    stdout: await endOfStdout(deps, job),
  };
}

async function post(
  deps: FlowJobDeps,
  { run, secrets, values }: StepWork,
  node: JobNode,
  spec: unknown,
): Promise<JobRow> {
  const { accountId, keyId, runId } = run;
  const { key: idempotencyKey, requestHash } = idempotencyOf(runId, node.id);
  const earlier = await deps.store.postedBefore(accountId, { key: idempotencyKey, requestHash });
  if (earlier !== null) return earlier;
  await assertKeyWorks(deps, keyId, 'The key that the run was started with is revoked.');
  const problems = specProblems(spec);
  if (problems.length > 0) {
    throw invalid(problems.map((one) => ({ ...one, pointer: `/config/spec${one.pointer}` })));
  }
  const checked = spec as JobSpecInput;
  const { job } = await postJob(deps, {
    accountId,
    keyId,
    spec: checked,
    idempotencyKey,
    requestHash,
    secrets: secretsOf(checked, filledWithSecrets({ secrets, values }, node.config.spec, 'shown')),
    origin: { flow: { runId, nodeId: node.id } },
  });
  return job;
}

/** A value that has a secret anywhere in it is the mask alone, as posting wants it. */
function withMasks(spec: unknown): unknown {
  const { secrets } = spec as { secrets?: Record<string, { value?: unknown } | null> | null };
  if (typeof secrets !== 'object' || secrets === null) return spec;
  const masked = Object.entries(secrets).map(([name, secret]) => {
    const value = secret?.value;
    const isSecret = typeof value === 'string' && value.includes(secretMask);
    return [name, isSecret ? { ...secret, value: secretMask } : secret];
  });
  return { ...(spec as object), secrets: Object.fromEntries(masked) };
}

/** Values of declared secrets that have the mask in the checked spec. */
function secretsOf({ secrets = {} }: JobSpecInput, filled: unknown): Record<string, string> {
  const real = (filled as JobSpecInput).secrets ?? {};
  return Object.fromEntries(
    Object.entries(secrets)
      .filter(([, { value }]) => value === secretMask)
      .map(([name]) => [name, real[name]?.value ?? '']),
  );
}

/** Cancels the job of a step that may have posted one, wherever it is. */
export async function cancelFlowJob(
  deps: FlowJobDeps,
  { accountId, runId }: Pick<FlowRunRow, 'accountId' | 'runId'>,
  nodeId: string,
): Promise<void> {
  const job = await deps.store.postedBefore(accountId, idempotencyOf(runId, nodeId));
  if (job === null || isTerminalJob(job.state)) return;
  try {
    await cancelJob(deps, job.jobId, 'requester');
  } catch (error) {
    // It ended meanwhile.
    if (!(error instanceof MarketError) || error.code !== 'JOB_STATE_INVALID') throw error;
  }
}

async function endOfStdout({ store }: FlowJobDeps, { jobId, attempt }: JobRow): Promise<string> {
  const stream = 'stdout';
  const count = limits.flowStdoutLines;
  const afterSeq = await store.logTail({ jobId, stream, count });
  const lines = await store.readLogs({ jobId, afterSeq, limit: count, stream });
  const text = lines
    .filter((line) => line.attempt === attempt)
    .map((line) => (line.partial ? line.text : `${line.text}\n`))
    .join('');
  return text.slice(-limits.flowStdoutChars);
}

/** As in the view of a job: environment values may be secrets of whoever typed them there. */
function withoutValues(spec: unknown): unknown {
  const { workload, secrets, ...rest } = spec as Partial<JobSpecInput>;
  const hidden = (values: object, mask: string) =>
    Object.fromEntries(Object.keys(values).map((name) => [name, mask]));
  return {
    ...rest,
    ...(workload !== undefined && {
      workload: { ...workload, ...(workload.env && { env: hidden(workload.env, '[hidden]') }) },
    }),
    ...(secrets !== undefined && { secrets: hidden(secrets, secretMask) }),
  };
}
