import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchOptions } from './core.ts';
import { figures, pairedRounds, ratios, spreadOf } from './paired-rounds.ts';
import type { Measurement } from './report.ts';

const program = fileURLToPath(new URL('../../cli/bin/node3.mjs', import.meta.url));
/** A start is short, so that many fit in a round; the fastest is the one nothing else disturbed. */
const startsPerRound = 5;
const ratioMax = 1.6;

const [bare, ours] = ['node -e 0', 'node3 --help'];

/** How long `node3 --help` takes beside a Node.js that does nothing, its compiled code being kept. */
export async function benchCommandStart({ rounds, say }: BenchOptions): Promise<Measurement[]> {
  say(`start of the command, ${rounds} rounds …`);
  const cache = await mkdtemp(join(tmpdir(), 'node3-bench-start-'));
  const contenders = [
    { name: bare, args: ['-e', '0'] },
    { name: ours, args: [program, '--help'] },
  ];
  try {
    // The first start compiles and is not counted.
    const firstMs = await startOnce([program, '--help'], cache);
    const found = await pairedRounds(contenders, rounds, ({ args }) => fastest(args, cache), say);
    const own = spreadOf(figures(found, ours, (ms) => ms));
    const other = spreadOf(figures(found, bare, (ms) => ms));
    const ratio = spreadOf(ratios(found, [ours, bare], (ms) => ms));
    return [
      {
        name: 'start of node3 --help over node -e 0',
        value: ratio?.median ?? null,
        unit: '×',
        target: `≤ ${ratioMax}`,
        passed: ratio === null ? null : ratio.median <= ratioMax,
        note: `${own?.median.toFixed(0)} ms over ${other?.median.toFixed(0)} ms; first start ${firstMs.toFixed(0)} ms`,
      },
    ];
  } finally {
    await rm(cache, { recursive: true });
  }
}

async function fastest(args: readonly string[], cache: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start < startsPerRound; start += 1) {
    least = Math.min(least, await startOnce(args, cache));
  }
  return least;
}

async function startOnce(args: readonly string[], cache: string): Promise<number> {
  const { PATH } = process.env;
  const startMs = performance.now();
  await promisify(execFile)(process.execPath, args, { env: { PATH, HOME: cache } });
  return performance.now() - startMs;
}
