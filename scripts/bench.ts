import { parseArgs } from 'node:util';
import { benchAgentTelemetry } from './bench/agent-telemetry.ts';
import { benchCommandStart } from './bench/command-start.ts';
import { benchConnectedAgents } from './bench/connected-agents.ts';
import { benchContainer } from './bench/container.ts';
import { type BenchOptions, benchCore } from './bench/core.ts';
import { benchGrowth } from './bench/growth.ts';
import { benchLogViewer } from './bench/log-viewer.ts';
import { benchMatch } from './bench/match-index.ts';
import { benchPayoutDrain } from './bench/payout-drain.ts';
import { benchPayoutLatency } from './bench/payout-latency.ts';
import { type Measurement, report } from './bench/report.ts';

/**
 * `npm run bench [-- <scenario>…] [--rounds 5] [--secs 2] [--jobs 100000]
 * [--open-jobs 1000000]
 * [--payouts 10000] [--json file.json]`
 * Exit code 1 when a target is missed. See docs/guides/benchmarks.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    secs: { type: 'string', default: '2' },
    jobs: { type: 'string', default: '100000' },
    'open-jobs': { type: 'string', default: '1000000' },
    payouts: { type: 'string', default: '10000' },
    json: { type: 'string' },
  },
});

const options: BenchOptions = {
  rounds: Number(values.rounds),
  secs: Number(values.secs),
  peersFolder: process.env['NODE3_BENCH_PEERS'],
  say: (text) => process.stderr.write(`${text}\n`),
};

/** Each by its name on the command line; without a name all of them run, in this order. */
const scenarios: Record<string, (options: BenchOptions) => Promise<Measurement[]>> = {
  core: benchCore,
  agents: benchConnectedAgents,
  agent: benchAgentTelemetry,
  container: benchContainer,
  growth: (all) => benchGrowth(Number(values.jobs), all),
  match: (all) => benchMatch({ jobs: Number(values['open-jobs']), agents: 100_000 }, all),
  payments: benchPayments,
  cli: benchCommandStart,
  'log-viewer': benchLogViewer,
};

async function benchPayments({ rounds, say }: BenchOptions): Promise<Measurement[]> {
  const payouts = Number(values.payouts);
  say(`latency of a payout, ${rounds} rounds …`);
  const latency = await benchPayoutLatency(rounds);
  say(`${payouts / 2} due SOL payouts …`);
  const sol = await benchPayoutDrain('SOL', payouts / 2);
  say(`${payouts / 2} due USDC payouts …`);
  return [...latency, ...sol, ...(await benchPayoutDrain('USDC', payouts / 2))];
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const names = positionals.length === 0 ? Object.keys(scenarios) : positionals;
if (!names.every((name) => Object.hasOwn(scenarios, name))) {
  process.stderr.write(`Usage: npm run bench -- [${Object.keys(scenarios).join('|')}]…\n`);
  process.exit(2);
}
const measurements: Measurement[] = [];
for (const name of names) measurements.push(...((await scenarios[name]?.(options)) ?? []));
process.exitCode = report(names, measurements, values.json ?? null);
