import { isTerminalJob, type Reason, reasons } from '@node3/shared/job-state';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { exitCodes } from '../exit-codes.ts';
import type { Interrupt } from '../host.ts';
import { sanitisePart } from '../output/sanitise.ts';
import { durationText, moneyText } from '../output/words.ts';

/** What `node3 run` ends with: the job's own exit code where it has one, as docker run does. */
export function exitCodeOfJob(job: JobDetail, interrupted: Interrupt | null): number {
  const own = job.exitCode !== null && job.exitCode >= 0 ? job.exitCode : null;
  if (job.state === 'succeeded') return own ?? exitCodes.ok.code;
  if (job.state === 'failed' && own !== null && own !== 0) return own;
  if (job.state === 'timed_out') return exitCodes.runTimeout.code;
  if (job.state === 'cancelled' && interrupted !== null) return exitCodeOfSignal(interrupted);
  return exitCodes.runError.code;
}

export function exitCodeOfSignal(signal: Interrupt): number {
  const names = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGPIPE: 'brokenPipe' } as const;
  return exitCodes[names[signal]].code;
}

/** Whether nothing of the job runs any more, on any machine. */
export function isOver(job: JobDetail): boolean {
  const over = ['succeeded', 'failed', 'timed_out', 'cancelled', 'lost'];
  return isTerminalJob(job.state) && job.executions.every(({ state }) => over.includes(state));
}

/** How long the last attempt ran, or null when it never did. */
export function runMsOf(job: JobDetail): number | null {
  const last = job.executions.at(-1);
  return last === undefined || last.startedAt === null ? null : last.runMs;
}

/** Their sentence says it all; the agent's detail would only say it again. */
const plainReasons: readonly Reason[] = ['nonzero_exit', 'run_timeout', 'cancelled_by_requester'];

/** One line about the end of a job, and for a bad end why and what to do. */
export function describeEnd(job: JobDetail): string[] {
  const runMs = runMsOf(job);
  const { charged, refund } = job.settlement;
  const facts = [
    job.state.replace('_', ' '),
    ...(job.exitCode === null ? [] : [`exit ${job.exitCode}`]),
    ...(runMs === null ? [] : [durationText(runMs)]),
    ...(charged === null ? [] : [`charged ${moneyText(charged)}`]),
    ...(refund === null || refund.amount === '0' ? [] : [`released ${moneyText(refund)}`]),
  ];
  const first = facts.join('   ');
  if (job.reason === 'exited' || job.reason === null) return [first];
  const { sentence, action } = reasons[job.reason];
  const detail = plainReasons.includes(job.reason) ? null : (job.executions.at(-1)?.detail ?? null);
  return [first, `${sentence} ${action}`, ...(detail === null ? [] : [sanitisePart(detail)])];
}
