import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';

/**
 * Runs every suite, in two lanes where there are two cores: tests of whole processes, containers and
 * browsers wait most of their time, one after the other, while all others run beside them. With
 * arguments it is vitest with those.
 */
const vitest = 'node_modules/vitest/vitest.mjs';
const lanes = [
  ['--project', 'integration'],
  ['--project', 'unit', '--project', 'postgres', '--project', 'tidy'],
];

function start(args: readonly string[], output: 'inherit' | 'pipe'): ChildProcess {
  const child = spawn(process.execPath, [vitest, 'run', ...args], {
    stdio: ['ignore', output, output],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function codeOf(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** What it says comes in one piece when it is over, so that the lanes don't talk at the same time. */
async function runQuietly(args: readonly string[]): Promise<{ code: number; said: string }> {
  const child = start(args, 'pipe');
  const parts = [child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream)));
  const [code, ...said] = await Promise.all([codeOf(child), ...parts]);
  return { code, said: said.join('') };
}

const asked = process.argv.slice(2);
const [first = [], second = []] = lanes;
if (asked.length > 0 || availableParallelism() < 2) {
  process.exitCode = await codeOf(start(asked, 'inherit'));
} else {
  const beside = runQuietly(second);
  const code = await codeOf(start(first, 'inherit'));
  const { code: otherCode, said } = await beside;
  process.stdout.write(said);
  process.exitCode = Math.max(code, otherCode);
}
