import { availableParallelism } from 'node:os';
import { plantedBugs } from '@node3/marketplace/testing/sim/planted-bugs';
import { describe, expect, it } from 'vitest';
import { runSimAgain, runSimFleet, shrink } from './sim-fleet.ts';
import { SimTotals } from './sim-totals.ts';

const seeds = 200;
const jobs = availableParallelism();

describe('the simulation', () => {
  it('[4.22] in 200 runs keeps every promise, wherever a process dies', async () => {
    const totals = new SimTotals();
    await runSimFleet({
      from: 1,
      seeds,
      jobs,
      bug: null,
      replicas: 1,
      onReport(report) {
        totals.add(report);
        return 'go-on';
      },
    });
    process.stdout.write(totals.describe());
    expect(totals.findings).toEqual([]);
    expect(totals.runs).toBe(seeds);
    expect(totals.crashedShare()).toBeGreaterThan(0.6);
  }, 600_000);

  it('with two processes on one database keeps every promise, whichever of them dies', async () => {
    const totals = new SimTotals();
    await runSimFleet({
      from: 1,
      seeds: 30,
      jobs,
      bug: null,
      replicas: 2,
      onReport(report) {
        totals.add(report);
        return 'go-on';
      },
    });
    expect(totals.findings).toEqual([]);
    expect(totals.runs).toBe(30);
  }, 600_000);

  it('with two processes sees who is answered as the holder of a job and is not', async () => {
    const found: string[] = [];
    await runSimFleet({
      from: 1,
      seeds,
      jobs,
      bug: 'no-fence-on-heartbeat',
      replicas: 2,
      onReport({ findings }) {
        found.push(...findings.filter((finding) => finding.includes('does not hold the job')));
        return found.length === 0 ? 'go-on' : 'stop';
      },
    });
    expect(found).not.toEqual([]);
  }, 600_000);

  it('of one seed is the same to the last event, and of another one is not', async () => {
    const order = { bug: null, without: [], replicas: 1 };
    const reports = [
      ...(await runSimAgain({ ...order, seed: 8 }, 2)),
      ...(await runSimAgain({ ...order, seed: 9 }, 1)),
    ];
    const [first, second, other] = reports.map(({ digest, events }) => `${digest} ${events}`);
    expect(first).toBe(second);
    expect(other).not.toBe(first);
  }, 120_000);

  it('names the kinds of faults that a failure needs', async () => {
    const least = await shrink(1, { bug: 'requeue-not-indexed', replicas: 1 });
    expect(least?.report.findings).not.toEqual([]);
    expect(least?.without.length).toBeGreaterThan(5);
  }, 120_000);

  it.each(Object.keys(plantedBugs) as (keyof typeof plantedBugs)[])(
    'finds the planted bug: %s',
    async (bug) => {
      let runs = 0;
      const found: string[] = [];
      await runSimFleet({
        from: 1,
        seeds,
        jobs,
        bug,
        replicas: 1,
        onReport(report) {
          runs += 1;
          found.push(...report.findings);
          return report.findings.length === 0 ? 'go-on' : 'stop';
        },
      });
      process.stdout.write(`${bug} was found after ${runs} runs: ${found[0]}\n`);
      expect(found).not.toEqual([]);
    },
    600_000,
  );
});
