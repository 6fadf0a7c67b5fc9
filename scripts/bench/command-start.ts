import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildCli } from '../build-cli.ts';
import type { BenchOptions } from './core.ts';
import { figures, pairedRounds, ratios, spreadOf } from './paired-rounds.ts';
import type { Measurement } from './report.ts';

const checkout = fileURLToPath(new URL('../../cli/bin/node3.mjs', import.meta.url));
/** A start is short, so that many fit in a round; the fastest is the one nothing else disturbed. */
const startsPerRound = 5;
const ratioMax = 1.6;

const bare = 'node -e 0';

/**
 * How long `node3 --help` takes beside a Node.js that does nothing, its compiled code being kept: the
 * command of this checkout, and that of the package.
 */
export async function benchCommandStart({ rounds, say }: BenchOptions): Promise<Measurement[]> {
  say(`start of the command, ${rounds} rounds …`);
  const folder = await mkdtemp(join(tmpdir(), 'node3-bench-start-'));
  try {
    const built = await buildCli(join(folder, 'package'));
    const programs = [
      { name: 'node3 --help', args: [checkout, '--help'] },
      { name: 'node3 --help of the package', args: [join(built, 'bin/node3.mjs'), '--help'] },
    ];
    const firstMs = new Map<string, number>();
    // The first start compiles and is not counted.
    for (const { name, args } of programs) firstMs.set(name, await startOnce(args, folder));
    const contenders = [{ name: bare, args: ['-e', '0'] }, ...programs];
    const found = await pairedRounds(contenders, rounds, ({ args }) => fastest(args, folder), say);
    const msOf = (name: string) => spreadOf(figures(found, name, (ms) => ms))?.median.toFixed(0);
    return programs.map(({ name }) => {
      const ratio = spreadOf(ratios(found, [name, bare], (ms) => ms));
      const spread = `${ratio?.min.toFixed(2)} to ${ratio?.max.toFixed(2)}`;
      return {
        name: `start of ${name} over ${bare}`,
        value: ratio?.median ?? null,
        unit: '×',
        target: `≤ ${ratioMax}`,
        passed: ratio === null ? null : ratio.median <= ratioMax,
        note: `${spread}; ${msOf(name)} ms over ${msOf(bare)} ms; first start ${firstMs.get(name)?.toFixed(0)} ms`,
      };
    });
  } finally {
    await rm(folder, { recursive: true });
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
