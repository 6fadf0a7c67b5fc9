import type { Client } from '@node3/shared/client';
import type { JobDetail } from '@node3/shared/routes/jobs';
import type { Context } from '../context.ts';
import type { Interrupt } from '../host.ts';
import { InterruptWatch, requestCancel } from './interrupt.ts';
import { JobProgress } from './job-progress.ts';
import { followLog } from './log-stream.ts';
import { isOver } from './outcome.ts';
import { Patience } from './patience.ts';
import { type LogPrinting, printLogLine } from './print-log-line.ts';
import { tellWaiting } from './tell-waiting.ts';
import { waitForJob, watchProgress } from './watch-progress.ts';

export interface AttachOptions {
  context: Context;
  client: Client;
  printing: LogPrinting;
  /** What the first Ctrl-C does; `ask` leaves, unless a second one follows, which cancels. */
  onInterrupt: 'cancel' | 'detach' | 'ask';
  /** Posts the job; called once, after Ctrl-C is already being listened to. */
  post(): Promise<JobDetail>;
}

export interface Attached {
  job: JobDetail;
  interrupted: Interrupt | null;
  /** `detached`: the job may go on. `unconfirmed`: a cancel was asked for but not seen to happen. */
  end: 'over' | 'detached' | 'unconfirmed';
}

/** A cancel reaches a connected agent within two seconds; past this we say that it didn't. */
const cancelConfirmMs = 15_000;
/** Time to press Ctrl-C once more. */
const leaveMs = 5_000;

/** Posts a job and stays with it: progress and log as they come, until nothing of it runs. */
export async function attachJob(options: AttachOptions): Promise<Attached> {
  const { context, client } = options;
  const { terminal } = context;
  const leave = new AbortController();
  const cancels: Promise<void>[] = [];
  let posted: JobDetail | null = null;
  const startCancel = (job: JobDetail) => {
    const sent = requestCancel(client, job.jobId);
    sent.catch(() => leave.abort());
    cancels.push(sent);
    const limit = setTimeout(() => leave.abort(), cancelConfirmMs);
    limit.unref();
  };
  let leaving: NodeJS.Timeout | null = null;
  const watch = new InterruptWatch(context.host, {
    /** @returns whether the next one ends the process. */
    onPress(signal, presses) {
      if (options.onInterrupt === 'detach') leave.abort();
      else if (isAsked(options, signal, presses) && posted !== null) {
        void terminal.talk(`\n${leaveText(context, posted.jobId)}`);
        leaving = setTimeout(() => leave.abort(), leaveMs);
        return 'go on';
      } else {
        if (leaving !== null) clearTimeout(leaving);
        void terminal.talk('\ncancelling; Ctrl-C again leaves at once');
        if (posted !== null) startCancel(posted);
      }
      return 'last';
    },
    onExit: () => terminal.status(null),
  });
  try {
    posted = await options.post();
    if (watch.signal !== null && options.onInterrupt !== 'detach') startCancel(posted);
    const job = await followToEnd(options, posted, leave.signal);
    return { job, interrupted: watch.signal, end: 'over' };
  } catch (error) {
    if (posted === null || !leave.signal.aborted) throw error;
    await Promise.all(cancels);
    const end = cancels.length === 0 ? 'detached' : 'unconfirmed';
    return { job: posted, interrupted: watch.signal, end };
  } finally {
    if (leaving !== null) clearTimeout(leaving);
    watch.close();
  }
}

function isAsked({ onInterrupt }: AttachOptions, signal: Interrupt, presses: number): boolean {
  return onInterrupt === 'ask' && signal === 'SIGINT' && presses === 1;
}

function leaveText({ host }: Context, jobId: string): string {
  return (
    `Ctrl-C again cancels the job. Otherwise this leaves in ${leaveMs / 1_000} s, and the job goes on:\n` +
    `  return  ${host.command} job logs ${jobId} -f\n` +
    `  cancel  ${host.command} job cancel ${jobId}`
  );
}

async function followToEnd(
  options: AttachOptions,
  posted: JobDetail,
  signal: AbortSignal,
): Promise<JobDetail> {
  const { context, client, printing } = options;
  const { jobId } = posted;
  const progressOver = new AbortController();
  const shown = new JobProgress(context);
  const progress = watchProgress({
    client,
    jobId,
    patience: quietPatience(context, progressOver.signal),
    signal: progressOver.signal,
    onChange: (job) => shown.saw(job),
  });
  const waiting = tellWaiting(shown, client, jobId, progressOver.signal);
  waiting.catch(() => undefined);
  // A failure of the progress display alone is not worth ending the job's log for.
  progress.catch(() => undefined);
  try {
    const patience = talkingPatience(context, signal);
    const lines = followLog({ client, jobId, cursor: { after: 0 }, patience, signal });
    for await (const line of lines) await printLine(printing, line);
    signal.throwIfAborted();
    progressOver.abort();
    return await waitForJob({ client, jobId, patience, signal, done: isOver });
  } finally {
    progressOver.abort();
    await Promise.allSettled([progress, waiting]);
    shown.end();
  }
}

async function printLine(printing: LogPrinting, line: Parameters<typeof printLogLine>[1]) {
  if (printing.terminal.json) await printing.terminal.jsonLine({ type: 'line', ...line });
  else await printLogLine(printing, line);
}

function quietPatience(context: Context, signal: AbortSignal): Patience {
  const silent = () => undefined;
  return new Patience({ clock: context.host.clock, signal, onLost: silent, onBack: silent });
}

/** Says on standard error when the connection is lost and when it is back. */
export function talkingPatience(context: Context, signal: AbortSignal): Patience {
  const { host, terminal } = context;
  const say = (text: string) => void terminal.talk(terminal.talkPaint.dim(text));
  return new Patience({
    clock: host.clock,
    signal,
    onLost: () => say('connection lost, reconnecting; the job goes on'),
    onBack: () => say('connected again'),
  });
}
