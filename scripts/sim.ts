import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type FaultKind, faultKinds } from '@node3/marketplace/testing/sim/faults';
import {
  isPlantedBugName,
  type PlantedBugName,
  plantedBugs,
} from '@node3/marketplace/testing/sim/planted-bugs';
import { databaseFolder } from './seed-fleet.ts';
import { runSim } from './sim/run-sim.ts';
import { runSimFleet, shrink } from './sim-fleet.ts';
import { SimTotals } from './sim-totals.ts';

const usage = `Usage: npm run sim -- [--seeds N] [--from S] [--jobs N] [--bug NAME] [--replicas N]
       npm run sim -- --seed S [--trace] [--bug NAME] [--without KIND,KIND]

The marketplace's services, store and agents on virtual time, under faults. One seed is one run, and
always the same one; --seed S --seeds N is the same as --from S --seeds N.
Planted bugs: ${Object.keys(plantedBugs).join(', ')}.
Kinds of faults: ${faultKinds.join(', ')}.
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    bug: { type: 'string' },
    replicas: { type: 'string', default: '1' },
    without: { type: 'string', default: '' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const replicas = wholeNumber('replicas', values.replicas);

if (values.help) {
  process.stdout.write(usage);
} else if (values.seed === undefined || values.seeds !== undefined) {
  const from = wholeNumber('seed', values.seed ?? values.from);
  await runMany(from, wholeNumber('seeds', values.seeds ?? '200'), bugOf(values.bug));
} else {
  await runOne(wholeNumber('seed', values.seed), bugOf(values.bug));
}

async function runOne(seed: number, bug: PlantedBugName | null): Promise<void> {
  const print = values.trace ? (line: string) => void process.stdout.write(`${line}\n`) : null;
  const plant = bug === null ? null : plantedBugs[bug];
  const without = kindsOf(values.without);
  const report = await runSim(seed, { plant, without, replicas, print, folder: databaseFolder() });
  const { findings, digest } = report;
  process.stdout.write(`seed ${seed}: digest ${digest}, ${findings.length} findings\n`);
  for (const finding of findings) process.stdout.write(`  ${finding}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

async function runMany(from: number, seeds: number, bug: PlantedBugName | null): Promise<void> {
  const totals = new SimTotals();
  // A process of our own is on real time: only its children simulate.
  const startedAt = performance.now();
  await runSimFleet({
    from,
    seeds,
    jobs: wholeNumber('jobs', values.jobs),
    bug,
    replicas,
    onReport(report) {
      totals.add(report);
      if (totals.runs % 100 === 0) process.stderr.write(`${totals.runs} of ${seeds}\n`);
      if (report.findings.length === 0) return 'go-on';
      process.stdout.write(`seed ${report.seed}: ${report.findings.join('; ')}\n`);
      return bug === null ? 'go-on' : 'stop';
    },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const rate = (totals.runs / seconds).toFixed(1);
  process.stdout.write(
    `${totals.describe()}time          ${seconds.toFixed(0)} s, ${rate} seeds/s\n`,
  );
  const [first] = totals.findings.toSorted((a, b) => a.seed - b.seed);
  if (first !== undefined) await explain(first.seed, bug);
  // A planted bug has to be found; without one there is nothing to find.
  process.exitCode = (first !== undefined) === (bug !== null) ? 0 : 1;
}

/** Prints the command that shows a failure again, with as few kinds of faults as it needs. */
async function explain(seed: number, bug: PlantedBugName | null): Promise<void> {
  const planted =
    (bug === null ? '' : ` --bug ${bug}`) + (replicas === 1 ? '' : ` --replicas ${replicas}`);
  process.stdout.write(`again         npm run sim -- --seed ${seed}${planted} --trace\n`);
  const least = await shrink(seed, { bug, replicas });
  if (least === null) return;
  const { without, report } = least;
  process.stdout.write(
    `with less     npm run sim -- --seed ${seed}${planted} --trace --without ${without.join(',')}\n` +
      `              ${report.findings[0] ?? ''}\n`,
  );
}

function bugOf(name: string | undefined): PlantedBugName | null {
  if (name === undefined) return null;
  if (isPlantedBugName(name)) return name;
  return fail(`There is no planted bug ${name}.`);
}

function kindsOf(text: string): FaultKind[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => faultKinds.find((kind) => kind === part) ?? fail(`There is no fault ${part}.`));
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
