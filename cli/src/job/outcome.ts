import { isTerminalJob, reasons } from '@node3/shared/job-state';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { exitCodes } from '../exit-codes.ts';
import type { Interrupt } from '../host.ts';
import { durationText, moneyText } from '../output/words.ts';

/** What `node3 run` ends with: the job's own exit code where it has one, as docker run does. */
export function exitCodeOfJob(job: JobDetail, interrupted: Interrupt | null): number {
  const own = job.exitCode !== null && job.exitCode >= 0 ? job.exitCode : null;
  switch (job.state) {
    case 'succeeded':
      return own ?? exitCodes.ok.code;
    case 'failed':
      return own === null || own === 0 ? exitCodes.runError.code : own;
    case 'timed_out':
      return exitCodes.runTimeout.code;
    case 'cancelled':
      return interrupted === null ? exitCodes.runError.code : exitCodeOfSignal(interrupted);
    default:
      return exitCodes.runError.code;
  }
}

export function exitCodeOfSignal(signal: Interrupt): number {
  return signal === 'SIGINT' ? exitCodes.interrupted.code : exitCodes.terminated.code;
}

/** Whether nothing of the job runs any more, on any machine. */
export function isOver(job: JobDetail): boolean {
  const over = ['succeeded', 'failed', 'timed_out', 'cancelled', 'lost'];
  return isTerminalJob(job.state) && job.executions.every(({ state }) => over.includes(state));
}

/** How long the last attempt ran, or null when it never did. */
export function runMsOf(job: JobDetail): number | null {
  return job.executions.at(-1)?.runMs ?? null;
}

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
  if (job.state === 'succeeded' || job.reason === null) return [first];
  const { sentence, action } = reasons[job.reason];
  const detail = job.executions.at(-1)?.detail ?? null;
  return [first, `${sentence} ${action}`, ...(detail === null ? [] : [detail])];
}
