import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import {
  isPlantedBugName,
  type PlantedBugName,
  plantedBugs,
} from '@node3/marketplace/payments/testing/chaos/planted-bugs';
import { runSeed } from '@node3/marketplace/payments/testing/chaos/run-seed';
import { runChaosFleet } from './chaos-fleet.ts';
import { ChaosTotals } from './chaos-totals.ts';
import { databaseFolder } from './seed-fleet.ts';

const usage = `Usage: npm run chaos -- [--seeds N] [--from S] [--jobs N] [--plant NAME]
       npm run chaos -- --seed S [--trace] [--plant NAME]

Payouts under crashes and faults, over the real engine, store and chain. One seed is one run, and
always the same one. Planted bugs: ${Object.keys(plantedBugs).join(', ')}.
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    plant: { type: 'string' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(usage);
} else if (values.seed === undefined) {
  await runMany(plantOf(values.plant));
} else {
  await runOne(wholeNumber('seed', values.seed), plantOf(values.plant));
}

async function runOne(seed: number, plant: PlantedBugName | null): Promise<void> {
  const print = values.trace ? (line: string) => void process.stdout.write(`${line}\n`) : null;
  const report = await runSeed(seed, { plant, print, folder: databaseFolder() });
  const { findings, digest } = report;
  process.stdout.write(`seed ${seed}: digest ${digest}, ${findings.length} findings\n`);
  for (const finding of findings) process.stdout.write(`  ${finding}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

async function runMany(plant: PlantedBugName | null): Promise<void> {
  const seeds = wholeNumber('seeds', values.seeds);
  const totals = new ChaosTotals();
  const startedAt = performance.now();
  await runChaosFleet({
    from: wholeNumber('from', values.from),
    seeds,
    jobs: wholeNumber('jobs', values.jobs),
    plant,
    onReport(report) {
      totals.add(report);
      if (totals.runs % 100 === 0) process.stderr.write(`${totals.runs} of ${seeds}\n`);
      if (report.findings.length === 0) return 'go-on';
      process.stdout.write(`seed ${report.seed}: ${report.findings.join('; ')}\n`);
      return plant === null ? 'go-on' : 'stop';
    },
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  process.stdout.write(`${totals.describe()}time          ${seconds} s\n`);
  const isFound = totals.findings.length > 0;
  // A planted bug has to be found; without one there is nothing to find.
  process.exitCode = isFound === (plant !== null) ? 0 : 1;
}

function plantOf(name: string | undefined): PlantedBugName | null {
  if (name === undefined) return null;
  if (isPlantedBugName(name)) return name;
  return fail(`There is no planted bug ${name}.`);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 1
    ? value
    : fail(`--${name} needs a number from 1.`);
}

function fail(why: string): never {
  process.stderr.write(`${why}\n\n${usage}`);
  process.exit(2);
}
