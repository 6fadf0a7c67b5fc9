import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * Runs every suite, in lanes where there are two cores: tests of whole processes, containers and
 * browsers wait half of their time, one after the other, while all others run beside them. A few
 * files that failed run a second time, alone: a test that depends on how busy the machine is gets
 * named as a defect of its own. What failed is said once more at the end. With arguments it is
 * vitest with those.
 */
const vitest = 'node_modules/vitest/vitest.mjs';
const lanes = [
  ['integration'],
  ['simulation', 'postgres', 'tidy', 'browser'],
  ['unit', 'unit-apart'],
];

/** Programs that tests start find what Node has compiled before: each start takes a second less of a core. */
process.env['NODE_COMPILE_CACHE'] ??= join(process.cwd(), 'node_modules', '.cache', 'compiled');

/** More failing files than this are no matter of load. */
const rerunMaxFiles = 3;

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

interface Failure {
  /** `null`: no test file's. */
  file: string | null;
  text: string;
}

/** One for each test, and each file, that failed. */
async function failuresIn(path: string): Promise<Failure[]> {
  let report: Report;
  try {
    report = JSON.parse(await readFile(path, 'utf8')) as Report;
  } catch {
    return [{ file: null, text: 'a lane ended without a report' }];
  }
  const failures: Failure[] = [];
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    for (const { fullName, failureMessages = [] } of failed) {
      const text = `${file} > ${fullName}\n    ${(failureMessages[0] ?? '').slice(0, 600)}`;
      failures.push({ file, text });
    }
    if (failed.length === 0 && status === 'failed') {
      failures.push({ file, text: `${file}\n    ${message.slice(0, 600)}` });
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
  const failedLanes = [...lanes.keys()].filter((index) => codes[index] !== 0);
  const failures = await Promise.all(failedLanes.map((index) => failuresIn(reportOf(index))));
  await rm(folder, { recursive: true });
  return judge(Math.max(...codes), failures);
}

/** The exit code of a run whose failing lanes left these failures. */
async function judge(code: number, lanesFailures: readonly Failure[][]): Promise<number> {
  if (code === 0) return 0;
  const outsideOfTests = {
    file: null,
    text: 'no test, but there are errors outside of them: see above',
  };
  const failures = lanesFailures.flatMap((lane) => (lane.length === 0 ? [outsideOfTests] : lane));
  const files = new Set(failures.map(({ file }) => file));
  const list = failures.map(({ text }) => text).join('\n');
  const isRerun = files.size <= rerunMaxFiles && !files.has(null);
  if (isRerun && (await codeOf(start([...files].map(String), 'inherit'))) === 0) {
    process.stdout.write(
      `\nFailed beside the others, passed alone. Each is a defect, of a test or of what it tests:\n${list}\n`,
    );
    return 0;
  }
  process.stdout.write(`\nFailed:\n${list}\n`);
  return code;
}

const asked = process.argv.slice(2);
process.exitCode =
  asked.length > 0 || availableParallelism() < 2
    ? await codeOf(start(asked, 'inherit'))
    : await runLanes();
