import { limits } from '../limits.ts';
import type { ForeignObject } from './foreign-object.ts';
import { importLimits } from './import-limits.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedSpec, ImportOptions } from './imported-job.ts';

type RunLimits = NonNullable<ImportedSpec['limits']>;

/** Theirs are seconds; 0 is none there and our longest here. */
export function readTimeouts(
  report: ImportReport,
  task: ForeignObject,
  { timeoutMinutes = importLimits.timeoutMinutes }: ImportOptions,
): RunLimits {
  const usualSec = timeoutMinutes * 60;
  const given = task.object('Timeouts');
  if (given === undefined) return { runSec: usualSec };
  const run = readSeconds(report, given, 'ExecutionTimeout');
  const queue = readSeconds(report, given, 'QueueTimeout');
  const total = readSeconds(report, given, 'TotalTimeout');
  given.close();
  if (total > 0 && run + queue > total) {
    const detail = 'is less than ExecutionTimeout and QueueTimeout together';
    report.refuse(given.at('TotalTimeout'), detail, 'Raise it, or leave it out.');
  }
  const runSec = run > 0 ? run : total > 0 ? Math.max(total - queue, 1) : null;
  if (runSec === null && given.has('ExecutionTimeout')) {
    const message = `is none: the run is stopped after ${limits.runSecMax} seconds`;
    report.warn(given.at('ExecutionTimeout'), message, 'Write how long it may take.');
    return { runSec: limits.runSecMax, ...queueOf(report, given, queue) };
  }
  const longest = runSec ?? usualSec;
  if (longest > limits.runSecMax) {
    const detail = `lets a run take longer than ${limits.runSecMax} seconds`;
    report.refuse(given.pointer, detail, 'Split the work; a job runs for a day at most.');
  }
  return { runSec: longest, ...queueOf(report, given, queue) };
}

function queueOf(report: ImportReport, given: ForeignObject, queueSec: number): RunLimits {
  if (queueSec > limits.queueSecMax) {
    const detail = `is more than ${limits.queueSecMax} seconds`;
    report.refuse(given.at('QueueTimeout'), detail, 'Post the job later instead.');
  }
  if (queueSec > 0) return { queueSec };
  if (given.has('QueueTimeout')) {
    const message = `is none: the job waits for a machine for ${limits.queueSecDefault} seconds`;
    report.warn(given.at('QueueTimeout'), message, 'Write how long it may wait.');
  }
  return {};
}

function readSeconds(report: ImportReport, given: ForeignObject, name: string): number {
  const seconds = given.number(name) ?? 0;
  if (Number.isInteger(seconds) && seconds >= 0) return seconds;
  report.refuse(given.at(name), 'must be a whole number of seconds', 'Write 0 for none.');
  return 0;
}
