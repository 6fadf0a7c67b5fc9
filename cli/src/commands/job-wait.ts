import { isTerminalJob } from '@node3/shared/job-state';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { talkingPatience } from '../job/attach.ts';
import { leaveOnInterrupt } from '../job/interrupt.ts';
import { JobProgress } from '../job/job-progress.ts';
import { exitCodeOfSignal, isOver } from '../job/outcome.ts';
import { tellWaiting } from '../job/tell-waiting.ts';
import { waitForJob } from '../job/watch-progress.ts';
import { printRows } from '../output/print-rows.ts';
import { choose } from '../parse/choose.ts';
import { parseSeconds, timerMsMax } from '../parse/duration.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';
import { jobColumns } from './job-list.ts';

export interface JobWaitOptions {
  for: string;
  timeout?: string;
}

const goals = ['succeeded', 'ended', 'running'] as const;
type Goal = (typeof goals)[number];

/** `node3 job wait`: returns when every job is there, with an exit code that says how it went. */
export async function waitForJobs(context: Context, call: Call<JobWaitOptions>): Promise<number> {
  const { host, terminal } = context;
  const goal = choose('--for', call.options.for, goals);
  const { timeout } = call.options;
  const waitMs = timeout === undefined ? null : parseSeconds('--timeout', timeout) * 1_000;
  const limitMs = waitMs === null ? null : Math.min(waitMs, timerMsMax);
  const jobIds = call.args.map((id) => requireJobId(id));
  const leave = new AbortController();
  const watch = leaveOnInterrupt(host, leave);
  const timer = limitMs === null ? null : setTimeout(() => leave.abort(), limitMs);
  const client = connect(context, 'requester');
  const patience = talkingPatience(context, leave.signal);
  const done = (job: JobDetail) => isReached(goal, job) || isOver(job);
  try {
    const jobs: JobDetail[] = [];
    for (const jobId of jobIds) {
      if (jobIds.length > 1) await terminal.talk(`job       ${jobId}`);
      const options = { client, jobId, patience, signal: leave.signal, done };
      jobs.push(await waitTelling(context, options));
    }
    await printRows(context, { data: jobs }, jobColumns(host.clock.nowMs()));
    const reached = jobs.every((job) => isReached(goal, job));
    return (reached ? exitCodes.ok : exitCodes.jobFailed).code;
  } catch (error) {
    if (!leave.signal.aborted) throw error;
    if (watch.signal !== null) return exitCodeOfSignal(watch.signal);
    await terminal.complain(`not ${goal} within ${timeout}`);
    return exitCodes.waitTimeout.code;
  } finally {
    if (timer !== null) clearTimeout(timer);
    watch.close();
  }
}

/** Tells a person what becomes of the job meanwhile; a program reads the answer alone. */
async function waitTelling(
  context: Context,
  options: Parameters<typeof waitForJob>[0],
): Promise<JobDetail> {
  if (context.terminal.json) return waitForJob(options);
  const { client, jobId, signal } = options;
  const progress = new JobProgress(context);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const waiting = tellWaiting(progress, client, jobId, either).catch(() => undefined);
  try {
    return await waitForJob({
      ...options,
      done(job) {
        if (!isTerminalJob(job.state)) void progress.saw(job);
        return options.done(job);
      },
    });
  } finally {
    over.abort();
    await waiting;
    progress.end();
  }
}

function isReached(goal: Goal, job: JobDetail): boolean {
  if (goal === 'succeeded') return job.state === 'succeeded' && isOver(job);
  if (goal === 'ended') return isOver(job);
  return job.state === 'running' || (isTerminalJob(job.state) && job.startedAt !== null);
}
