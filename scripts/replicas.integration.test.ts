import { postgresProbe } from '@node3/marketplace/testing/test-postgres';
import { limits } from '@node3/shared/limits';
import { mustSkip } from '@node3/shared/testing/resources';
import { describe, expect, it } from 'vitest';
import { runReplicas } from './replicas/run-replicas.ts';

/** `npm run replicas` does the same with 60 agents and 3,000 jobs. */
describe.skipIf(mustSkip(postgresProbe))('three marketplaces on one database', () => {
  it('[12.11] end and pay every job once, and tell it whole, though they are killed and the database restarts', async () => {
    const report = await runReplicas({
      replicas: 3,
      agents: 20,
      jobs: 300,
      requesters: 3,
      openMax: 40,
      trouble: { kills: { everyMs: 4_000 } },
    });
    process.stdout.write(`${JSON.stringify(report)}\n`);
    expect(report.findings).toEqual([]);
    expect(report.kills).toBeGreaterThan(0);
  }, 300_000);

  it('go on without one that stands still for longer than a lease, and with it when it wakes up', async () => {
    const report = await runReplicas({
      replicas: 3,
      agents: 12,
      jobs: 200,
      requesters: 3,
      openMax: 20,
      trouble: { silence: { forMs: limits.leaseMs + limits.leaseGraceMs + 5_000 } },
    });
    process.stdout.write(`${JSON.stringify(report)}\n`);
    expect(report.findings).toEqual([]);
  }, 300_000);
});
