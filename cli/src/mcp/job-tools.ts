import { isEnded, type Job } from '@node3/client';
import { limits } from '@node3/shared/limits';
import { z } from 'zod';
import { keyBytes } from '../http/idempotency-key.ts';
import { describeJob, describeRow } from './describe-job.ts';
import { PostError } from './describe-refusal.ts';
import {
  jobArguments,
  jobIdArgument,
  moneyArgument,
  toSpec,
  waitArgument,
} from './job-arguments.ts';
import { addTool, type ToolDeps } from './tool.ts';
import { untrusted } from './untrusted.ts';

const waitSecUsual = 20;
const rowsUsual = 10;

/** Tools that price a job, post it and end it. */
export function addPostingTools(deps: ToolDeps): void {
  const { node3 } = deps;
  addTool(deps, {
    name: 'quote_job',
    title: 'Price a job',
    description:
      'What a job would cost at most with its fee, how many providers could run it and when it may ' +
      'start. Posts nothing and costs nothing.',
    effect: 'reads',
    input: jobArguments,
    run: (args, signal) => node3.quotes.create(toSpec(args), { signal }),
  });
  addTool(deps, {
    name: 'run_job',
    title: 'Run a job and pay for it',
    description:
      'Posts a job on other people’s machines; its price is held from the account, and it is refused ' +
      'when it could cost more than this server may spend. Waits up to waitSec for its end, then ' +
      'answers the job as it is: go on with get_job and get_logs. A job in the queue or running goes on ' +
      'by itself.',
    effect: 'spends',
    input: {
      ...jobArguments,
      maxCost: moneyArgument
        .optional()
        .describe('Refuse the job when it may cost more, fee included'),
      waitSec: waitArgument.default(waitSecUsual),
      idempotencyKey: z
        .string()
        .regex(/^[\x21-\x7e]{1,128}$/)
        .optional()
        .describe(
          'The same key and job never post a second job. Answers and errors name the key, so that a call ' +
            'that got no answer can be repeated',
        ),
    },
    async run({ maxCost, waitSec, idempotencyKey, ...job }, signal) {
      const key = idempotencyKey ?? deps.context.host.ids.secret(keyBytes);
      const options = { idempotencyKey: key, ...(maxCost !== undefined && { maxCost }) };
      // Not ended by the signal: whether it was posted would not be known.
      const posted = await node3.jobs.create(toSpec(job), options).catch((error: unknown) => {
        throw new PostError(error, key);
      });
      const found = await waitFor(deps, posted, waitSec, signal);
      return { ...describeJob(found), idempotencyKey: key };
    },
  });
  addTool(deps, {
    name: 'cancel_job',
    title: 'Cancel a job',
    description: 'Ends a job that is open. What it ran so far may have to be paid.',
    effect: 'ends',
    input: { jobId: jobIdArgument },
    run: async ({ jobId }, signal) => describeJob(await node3.jobs.cancel(jobId, { signal })),
  });
}

/** Tools that look at jobs. */
export function addLookingTools(deps: ToolDeps): void {
  const { node3 } = deps;
  addTool(deps, {
    name: 'get_job',
    title: 'Look at a job',
    description:
      'State, reason, cost and structured output of a job; waits for its end if asked to.',
    effect: 'reads',
    input: { jobId: jobIdArgument, waitSec: waitArgument.default(0) },
    async run({ jobId, waitSec }, signal) {
      const job = await node3.jobs.get(jobId, { signal });
      return describeJob(await waitFor(deps, job, waitSec, signal));
    },
  });
  addTool(deps, {
    name: 'list_jobs',
    title: 'List jobs',
    description: 'The jobs of the account, newest first.',
    effect: 'reads',
    input: {
      openOnly: z.boolean().default(false).describe('Only jobs that are not over'),
      limit: z.number().int().min(1).max(limits.listPageMax).default(rowsUsual),
    },
    async run({ openOnly, limit }, signal) {
      const states = ['awaiting_funds', 'queued', 'assigned', 'running'] as const;
      const page = await node3.jobs.list({ limit, signal, ...(openOnly && { states }) }).page();
      return { jobs: page.data.map(describeRow), more: page.nextCursor !== null };
    },
  });
  addTool(deps, {
    name: 'explain_job',
    title: 'Explain why a job waits',
    description:
      'What a job waits for, which requirement excludes how many providers, what would help.',
    effect: 'reads',
    input: { jobId: jobIdArgument },
    async run({ jobId }, signal) {
      const { candidates, ...facts } = await node3.jobs.explain(jobId, { signal });
      return { ...facts, untrusted: untrusted({ candidates }) };
    },
  });
}

/** The job when it is over, or as it is after so long. A posted job is answered whatever waiting does. */
async function waitFor(
  { node3 }: ToolDeps,
  job: Job,
  waitSec: number,
  signal: AbortSignal,
): Promise<Job> {
  if (waitSec === 0 || isEnded(job)) return job;
  const enough = AbortSignal.timeout(waitSec * 1_000);
  try {
    return await node3.jobs.wait(job, { signal: AbortSignal.any([signal, enough]) });
  } catch {
    return node3.jobs.get(job, { signal }).catch(() => job);
  }
}
