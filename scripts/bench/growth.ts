import { join } from 'node:path';
import { type BenchMarket, enterMarket, startBenchMarket } from './bench-market.ts';
import type { BenchOptions } from './core.ts';
import { fillMarket } from './fill-market.ts';
import { measureSaturated } from './measure-queue.ts';
import { spreadOf } from './paired-rounds.ts';
import type { Measurement } from './report.ts';

/** What a job may cost more with ten times the history. */
const growthMax = 1.2;
/** With a million open jobs; fewer have no target of their own. */
const startSecMax = 3;

/**
 * What a long history and a long queue cost: CPU of one job with a tenth of the history and with all
 * of it, and how long a start takes with as many open jobs.
 */
export async function benchGrowth(jobs: number, options: BenchOptions): Promise<Measurement[]> {
  const { say } = options;
  const market = await startBenchMarket();
  try {
    await fill(market, { jobs: jobs / 10, state: 'ended' });
    say(`CPU of a job after ${jobs / 10} ended ones …`);
    const few = await cpuOfJobs(market, options);
    await fill(market, { jobs: jobs - jobs / 10, state: 'ended' });
    say(`CPU of a job after ${jobs} ended ones …`);
    const many = await cpuOfJobs(market, options);
    const emptySec = await restart(market);
    say(`a start with ${jobs} open jobs …`);
    await fill(market, { jobs, state: 'open' });
    const fullSec = await restart(market);
    return [
      growthOf(jobs, few, many),
      {
        name: `start with ${jobs} open jobs, until it serves`,
        value: fullSec,
        unit: 's',
        target: `≤ ${startSecMax} with a million`,
        passed: fullSec <= startSecMax,
        note: `${emptySec.toFixed(2)} s with none open`,
      },
    ];
  } finally {
    await market.stop();
  }
}

function growthOf(jobs: number, few: number[], many: number[]): Measurement {
  const [before, after] = [spreadOf(few), spreadOf(many)];
  const value = before === null || after === null ? null : after.median / before.median;
  return {
    name: `CPU of a job after ${jobs} ended ones against a tenth of them`,
    value,
    unit: '×',
    target: `≤ ${growthMax}`,
    passed: value === null ? null : value <= growthMax,
    note: `${Math.round(after?.median ?? 0)} against ${Math.round(before?.median ?? 0)} µs`,
    before,
    after,
  };
}

async function cpuOfJobs(market: BenchMarket, { rounds, secs }: BenchOptions): Promise<number[]> {
  const [contender] = await enterMarket(market, { node3: 'batch' });
  if (contender === undefined) throw new Error('nobody entered');
  try {
    const found: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { folder } = market.network;
      found.push((await measureSaturated(contender, { folder, secs })).cpuUsPerJob);
    }
    return found;
  } finally {
    await contender.leave();
  }
}

async function fill(
  { network }: BenchMarket,
  what: { jobs: number; state: 'ended' | 'open' },
): Promise<void> {
  await network.child?.stop();
  const databasePath = join(network.folder, 'marketplace', 'marketplace.db');
  await fillMarket({ databasePath, ...what });
  await network.child?.start();
}

/** @returns seconds from the start of the process until it serves. */
async function restart({ network }: BenchMarket): Promise<number> {
  await network.child?.stop();
  const startedAt = performance.now();
  await network.child?.start();
  return (performance.now() - startedAt) / 1_000;
}
