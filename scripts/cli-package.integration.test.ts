import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FakeMarketplace, testKey } from '@node3/cli/testing/fake-marketplace';
import { endedJob, testLine } from '@node3/cli/testing/test-job';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCli } from './build-cli.ts';

/** The command as its users get it: installed without a network into a folder that has nothing else. */
const run = promisify(execFile);
let folder: string;
let app: string;
const market = new FakeMarketplace();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-cli-package-'));
  app = join(folder, 'app');
  await mkdir(app);
  await writeFile(join(app, 'package.json'), '{ "private": true }\n');
  const npm = (...args: string[]) => run('npm', [...args, '--loglevel=error'], { cwd: app });
  const [built] = await Promise.all([buildCli(join(folder, 'built')), market.start()]);
  const { stdout } = await npm('pack', built);
  await npm('install', '--offline', '--no-audit', '--no-fund', join(app, stdout.trim()));
});
afterAll(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function installed(program: string, ...args: string[]) {
  const own = { PATH: process.env['PATH'], HOME: folder, XDG_CONFIG_HOME: folder };
  const env = { ...own, NODE3_URL: market.url, NODE3_API_KEY: testKey };
  const options = { cwd: app, env };
  return run(join(app, 'node_modules/.bin', program), args, options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );
}

it('brings nothing else along and runs jobs', async () => {
  const modules = (await readdir(join(app, 'node_modules'))).filter(
    (name) => !name.startsWith('.'),
  );
  expect(modules).toEqual(['node3']);
  market.say(testLine(1, 'hello'));
  market.become(endedJob('failed', 42));
  expect(await installed('node3', 'run', '--', 'false')).toMatchObject({
    code: 42,
    stdout: 'hello\n',
  });
  expect((await installed('node3', 'job', 'list', '-o', 'yaml')).stdout).toContain(
    'nextCursor: null',
  );
  expect((await installed('node3', 'wallet', 'new', 'w.json')).code).toBe(0);
});

it('has the programs of the operator and the provider, and says what it lacks', async () => {
  const help = await installed('node3-admin', 'create-job', '--help');
  expect(help.stdout).toContain('--requires-gpu');
  expect((await installed('node3-agent', 'detect')).code).not.toBe(2);
  const start = await installed('node3-agent', 'start');
  expect(start).toMatchObject({ code: 1 });
  expect(start.stderr).toContain('no service in it');
});
