import type { Client } from '@node3/shared/client';
import type { JobDetail } from '@node3/shared/routes/jobs';
import type { Context } from '../context.ts';
import type { Interrupt } from '../host.ts';
import { sanitisePart } from '../output/sanitise.ts';
import { InterruptWatch, requestCancel } from './interrupt.ts';
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
  /** What the first Ctrl-C does. */
  onInterrupt: 'cancel' | 'detach';
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
const confirmPauseMs = 100;

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
  const watch = new InterruptWatch(context.host, () => {
    if (options.onInterrupt === 'detach') {
      leave.abort();
      return;
    }
    void terminal.talk('\ncancelling; Ctrl-C again leaves at once');
    if (posted !== null) startCancel(posted);
  });
  try {
    posted = await options.post();
    if (watch.signal !== null && options.onInterrupt === 'cancel') startCancel(posted);
    const job = await followToEnd(options, posted, leave.signal);
    return { job, interrupted: watch.signal, end: 'over' };
  } catch (error) {
    if (posted === null || !leave.signal.aborted) throw error;
    await Promise.all(cancels);
    const end = options.onInterrupt === 'detach' ? 'detached' : 'unconfirmed';
    return { job: posted, interrupted: watch.signal, end };
  } finally {
    watch.close();
  }
}

async function followToEnd(
  options: AttachOptions,
  posted: JobDetail,
  signal: AbortSignal,
): Promise<JobDetail> {
  const { context, client, printing } = options;
  const { jobId } = posted;
  const progressOver = new AbortController();
  const progress = watchProgress({
    client,
    jobId,
    patience: quietPatience(context, progressOver.signal),
    signal: progressOver.signal,
    onChange: (job) => printProgress(context, job),
  });
  const waiting = tellWaiting(context.terminal, client, jobId, progressOver.signal);
  waiting.catch(() => undefined);
  // A failure of the progress display alone is not worth ending the job's log for.
  progress.catch(() => undefined);
  try {
    const patience = talkingPatience(context, signal);
    const lines = followLog({ client, jobId, cursor: { after: 0 }, patience, signal });
    for await (const line of lines) await printLine(printing, line);
    signal.throwIfAborted();
    progressOver.abort();
    return await waitForJob({
      client,
      jobId,
      patience,
      signal,
      pauseMs: confirmPauseMs,
      done: isOver,
    });
  } finally {
    progressOver.abort();
    await Promise.allSettled([progress, waiting]);
  }
}

async function printLine(printing: LogPrinting, line: Parameters<typeof printLogLine>[1]) {
  if (printing.terminal.json) await printing.terminal.jsonLine({ type: 'line', ...line });
  else await printLogLine(printing, line);
}

async function printProgress(context: Context, job: JobDetail): Promise<void> {
  const { terminal } = context;
  if (terminal.json) {
    await terminal.jsonLine({ type: 'state', jobId: job.jobId, state: job.state });
    return;
  }
  const agent = job.agentName === null ? '' : `on ${sanitisePart(job.agentName)}`;
  const simulated = job.simulatedDevice === true ? ', simulated GPU' : '';
  const attempt = job.attempt > 1 ? `, attempt ${job.attempt}` : '';
  const text = `${job.state.padEnd(9)} ${agent}${agent === '' ? '' : simulated}${attempt}`;
  await terminal.talk(terminal.talkPaint.dim(text.trimEnd()));
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
