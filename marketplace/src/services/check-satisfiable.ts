import { MarketError } from '@node3/shared/error';
import { explainMatch } from '../domain/explain-match.ts';
import type { Needs, SimulatedPolicy } from '../domain/matching.ts';
import type { Presence } from './presence.ts';

/**
 * Throws JOB_UNSATISFIABLE when no registered agent could ever run the job, with the requirement
 * that excludes most of them and the nearest changes that would help. With no agent registered at
 * all nothing can be said yet: the job may wait for the first one.
 */
export function checkSatisfiable(
  { presence, simulated }: { presence: Presence; simulated: SimulatedPolicy },
  needs: Needs,
): void {
  const { groups } = presence;
  if (groups.size === 0 || groups.someoneFor(needs, simulated) !== null) return;
  const { agents, constraints, relaxations } = explainMatch(needs, groups, simulated);
  const [worst] = constraints;
  if (worst === undefined) return;
  const { constraint, pointer, fails } = worst;
  const cause = pointer === '' ? 'whom their providers work for' : pointer;
  const detail =
    agents === 1
      ? `The one registered agent cannot run this: ${cause} excludes it.`
      : `None of the ${agents} registered agents can run this: ${cause} excludes ${fails}.`;
  const errors = [{ pointer, detail: `excludes ${fails} of ${agents} agents` }];
  throw new MarketError('JOB_UNSATISFIABLE', {
    detail,
    errors,
    constraint,
    constraints,
    alternatives: relaxations,
  });
}
