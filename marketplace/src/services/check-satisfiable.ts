import { MarketError } from '@node3/shared/error';
import { constraintPointers } from '../domain/constraint-pointers.ts';
import { type Constraint, fitsEver, type Needs, type SimulatedPolicy } from '../domain/matching.ts';
import type { Presence } from './presence.ts';

/**
 * Throws JOB_UNSATISFIABLE when no registered agent could ever run the job, with the requirement
 * that excludes most of them. With no agent registered at all nothing can be said yet: the job may
 * wait for the first one.
 */
export function checkSatisfiable(
  deps: { presence: Presence; simulated: SimulatedPolicy },
  needs: Needs,
): void {
  const excluded = new Map<Constraint, number>();
  let known = 0;
  for (const { agentId, wallet, offer } of deps.presence.all()) {
    if (offer === null) continue;
    known += 1;
    const result = fitsEver(needs, { agentId, wallet, offer }, deps.simulated);
    if (result.fits) return;
    excluded.set(result.constraint, (excluded.get(result.constraint) ?? 0) + 1);
  }
  if (known === 0) return;
  const [worst] = [...excluded].toSorted((a, b) => b[1] - a[1]);
  if (worst === undefined) return;
  const [constraint, count] = worst;
  const detail =
    known === 1
      ? `The one registered agent cannot run this: ${constraintPointers[constraint]} excludes it.`
      : `None of the ${known} registered agents can run this: ${constraintPointers[constraint]} excludes ${count}.`;
  const errors = [
    { pointer: constraintPointers[constraint], detail: `excludes ${count} of ${known} agents` },
  ];
  throw new MarketError('JOB_UNSATISFIABLE', { detail, errors, constraint });
}
