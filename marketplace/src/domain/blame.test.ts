import { describe, expect, it } from 'vitest';
import type { JobFailure } from '../store/rows.ts';
import { evidenceAgainst, poisonFailures } from './blame.ts';
import { addEvidence, withdrawEvidence } from './reputation.ts';

const failures = (...list: [string, JobFailure['reason']][]): JobFailure[] =>
  list.map(([agentId, reason]) => ({ agentId, reason }));

describe('blame', () => {
  it('goes to the job once three agents failed it alike, whatever came between', () => {
    const alike = failures(['a', 'lease_expired'], ['b', 'agent_restarted']);
    const other = failures(['x', 'gpu_error'], ['y', 'image_pull_failed']);
    const last = failures(['c', 'lease_expired']);
    expect(poisonFailures([...alike, ...other])).toEqual([]);
    expect(poisonFailures([...alike, ...other, ...last])).toEqual([...alike, ...last]);
    expect(poisonFailures([...alike, ...failures(['a', 'lease_expired'])])).toEqual([]);
  });

  it('never goes to it for what is nobody’s fault', () => {
    const registry = ['a', 'b', 'c', 'd'].map((agentId) => ({
      agentId,
      reason: 'image_pull_failed' as const,
    }));
    expect(poisonFailures(registry)).toEqual([]);
  });

  it('leaves an agent as it was where its evidence is withdrawn at once', () => {
    const nowMs = 1_800_000_000_000;
    const before = addEvidence(null, [{ axis: 'completion', good: 1 }], nowMs);
    const against = evidenceAgainst('gpu_error');
    const blamed = addEvidence<string>(before, against, nowMs);
    expect(blamed).not.toEqual(before);
    expect(withdrawEvidence<string>(blamed, against, nowMs)).toEqual(before);
    expect(evidenceAgainst('lease_expired').map(({ axis }) => axis)).toContain('availability');
  });
});
