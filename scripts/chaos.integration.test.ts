import { availableParallelism } from 'node:os';
import { plantedBugs } from '@node3/marketplace/payments/testing/chaos/planted-bugs';
import { runSeed } from '@node3/marketplace/payments/testing/chaos/run-seed';
import { describe, expect, it } from 'vitest';
import { runChaosFleet } from './chaos-fleet.ts';
import { ChaosTotals } from './chaos-totals.ts';
import { databaseFolder } from './seed-fleet.ts';

const seeds = 300;
const jobs = availableParallelism();

describe('chaos', () => {
  it('[12.15] [7.07] in 300 runs overpays nobody, forgets nobody and loses no lamport, wherever a process dies', async () => {
    const totals = new ChaosTotals();
    await runChaosFleet({
      from: 1,
      seeds,
      jobs,
      plant: null,
      onReport(report) {
        totals.add(report);
        return 'go-on';
      },
    });
    process.stdout.write(totals.describe());
    expect(totals.findings).toEqual([]);
    expect(totals.runs).toBe(seeds);
    expect(totals.missed()).toEqual([]);
    expect(totals.unlisted()).toEqual([]);
  }, 600_000);

  it('of one seed is the same to the last byte, and of another one is not', async () => {
    const digests: string[] = [];
    for (const seed of [7, 7, 8]) {
      const trace: string[] = [];
      const print = (line: string) => void trace.push(line);
      const report = await runSeed(seed, { plant: null, print, folder: databaseFolder() });
      digests.push(`${report.digest} ${trace.length}`);
    }
    expect(digests[0]).toBe(digests[1]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it.each(Object.keys(plantedBugs) as (keyof typeof plantedBugs)[])(
    'finds the planted bug: %s',
    async (plant) => {
      let runs = 0;
      const found: string[] = [];
      await runChaosFleet({
        from: 1,
        seeds,
        jobs,
        plant,
        onReport(report) {
          runs += 1;
          found.push(...report.findings);
          return report.findings.length === 0 ? 'go-on' : 'stop';
        },
      });
      process.stdout.write(`${plant} was found after ${runs} runs: ${found[0]}\n`);
      expect(found).not.toEqual([]);
    },
    600_000,
  );
});
