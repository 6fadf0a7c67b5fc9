import { parseArgs } from 'node:util';
import { benchPayoutDrain } from './bench/payout-drain.ts';
import { benchPayoutLatency } from './bench/payout-latency.ts';
import { type Measurement, report } from './bench/report.ts';

/**
 * `npm run bench -- payments [--payouts 10000] [--rounds 7] [--output file.json]`
 * Exit code 1 when a target is missed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    payouts: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '7' },
    output: { type: 'string' },
  },
});

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const benches: Record<string, () => Promise<Measurement[]>> = {
  async payments() {
    const payouts = Number(values.payouts);
    say(`latency of a payout, ${values.rounds} rounds …`);
    const latency = await benchPayoutLatency(Number(values.rounds));
    say(`${payouts / 2} due SOL payouts …`);
    const sol = await benchPayoutDrain('SOL', payouts / 2);
    say(`${payouts / 2} due USDC payouts …`);
    return [...latency, ...sol, ...(await benchPayoutDrain('USDC', payouts / 2))];
  },
};

const [name = ''] = positionals;
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench === undefined) {
  process.stderr.write(`Usage: npm run bench -- ${Object.keys(benches).join('|')}\n`);
  process.exit(2);
}
process.exitCode = report(name, await bench(), values.output ?? null);
