import { limits } from '../limits.ts';
import { importLimits } from './import-limits.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportOptions } from './imported-job.ts';

/** How long a run may take where the document says nothing of it. */
export function runTimeOf(
  report: ImportReport,
  { timeoutMinutes = importLimits.timeoutMinutes }: ImportOptions,
): { limits: { runSec: number } } {
  const runSec = timeoutMinutes * 60;
  if (runSec > limits.runSecMax) {
    const detail = `may not run for ${timeoutMinutes} minutes`;
    report.refuse('', detail, `Give at most ${limits.runSecMax / 60}.`);
  }
  return { limits: { runSec } };
}
