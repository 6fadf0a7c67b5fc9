import type { Job, JobSummary } from '@node3/client';
import { boundedText, untrusted } from './untrusted.ts';

/** Of structured output and of words of providers. */
const wordsBytesMax = 16 * 1024;

/** What a caller needs to know of a job to decide what comes next. */
export function describeJob(job: Job) {
  const { settlement } = job;
  const { detail = null } = job.executions.at(-1) ?? {};
  const output =
    job.output === null ? null : boundedText(JSON.stringify(job.output), wordsBytesMax);
  return {
    ...describeRow(job),
    reasonSentence: job.reasonSentence,
    reasonAction: job.reasonAction,
    fault: job.fault,
    logBytes: job.logBytes,
    costAtMost: settlement.quoted,
    charged: settlement.charged,
    refund: settlement.refund,
    untrusted: untrusted({
      agentName: job.agentName,
      detail: detail === null ? null : boundedText(detail, wordsBytesMax).text,
      outputJson: output?.text ?? null,
      outputCut: output?.cut ?? false,
    }),
  };
}

/** A job in a list. */
export function describeRow(job: JobSummary) {
  const { jobId, name, state, reason, attempt, attemptsMax, workload, image, gpus, exitCode } = job;
  const { agentId, createdAt, startedAt, finishedAt, price } = job;
  return {
    jobId,
    name,
    state,
    reason,
    exitCode,
    attempt,
    attemptsMax,
    workload,
    image,
    gpus,
    price,
    agentId,
    createdAt,
    startedAt,
    finishedAt,
  };
}
