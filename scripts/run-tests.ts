import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * Runs every suite, in lanes where there are two cores: tests of whole processes, containers and
 * browsers wait half of their time, one after the other, while all others run beside them. What
 * failed is said once more at the end. With arguments it is vitest with those.
 */
const vitest = 'node_modules/vitest/vitest.mjs';
const lanes = [['integration'], ['simulation', 'postgres', 'tidy'], ['unit']];

/** The part of vitest's JSON report that is read here. */
interface Report {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

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

/** One line for each test, and each file, that failed. */
async function failuresIn(path: string): Promise<string[]> {
  let report: Report;
  try {
    report = JSON.parse(await readFile(path, 'utf8')) as Report;
  } catch {
    return ['a lane ended without a report'];
  }
  const failures: string[] = [];
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    for (const { fullName, failureMessages = [] } of failed) {
      failures.push(`${file} > ${fullName}\n    ${(failureMessages[0] ?? '').slice(0, 600)}`);
    }
    if (failed.length === 0 && status === 'failed') {
      failures.push(`${file}\n    ${message.slice(0, 600)}`);
    }
  }
  return failures;
}

async function runLanes(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'node3-tests-'));
  const reportOf = (index: number) => join(folder, `${index}.json`);
  const argsOf = (projects: readonly string[], index: number) => [
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportOf(index)}`,
  ];
  const [first = [], ...others] = lanes.map(argsOf);
  const beside = others.map(runQuietly);
  const codes = [await codeOf(start(first, 'inherit'))];
  for (const lane of beside) {
    const { code, said } = await lane;
    process.stdout.write(said);
    codes.push(code);
  }
  if (codes.some((code) => code !== 0)) {
    const failures = await Promise.all(lanes.map((_, index) => failuresIn(reportOf(index))));
    const said = failures.flat();
    if (said.length === 0) said.push('no test, but there are errors outside of them: see above');
    process.stdout.write(`\nFailed:\n${said.join('\n')}\n`);
  }
  await rm(folder, { recursive: true });
  return Math.max(...codes);
}

const asked = process.argv.slice(2);
process.exitCode =
  asked.length > 0 || availableParallelism() < 2
    ? await codeOf(start(asked, 'inherit'))
    : await runLanes();
