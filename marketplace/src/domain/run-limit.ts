import type { JobSpec } from '@node3/shared/job-spec';
import { secondsWithinCap } from '@node3/shared/metering';
import type { ExecutionRow } from '../store/rows.ts';
import { termsOf } from './settlement-postings.ts';

/**
 * Seconds the run may take: as the job says, or less where its cap is used up before. This is what
 * the agent is told and what the marketplace's own deadline follows, so a cap holds while it runs.
 */
export function runSecWithinCap(
  spec: JobSpec,
  execution: Pick<ExecutionRow, 'rate'> | null,
): number {
  const terms = termsOf(spec, execution);
  if (terms.kind === 'fixed') return spec.limits.runSec;
  return Math.max(1, Math.min(spec.limits.runSec, secondsWithinCap(terms)));
}
