import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { fenceOf, testAgentCalls } from '@node3/marketplace/testing/test-agent';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { appendLogs } from '@node3/shared/routes/agents';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClient } from './build-client.ts';

/** The package as its users get it, in a folder of theirs. */

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

let folder: string;
let market: TestMarketplace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-client-'));
  [market] = await Promise.all([startTestMarketplace(), install()]);
});
afterAll(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

/** Builds it, packs it, and installs it without a network into a folder that has nothing else. */
async function install(): Promise<void> {
  const built = await buildClient(join(folder, 'built'));
  const app = join(folder, 'app');
  await mkdir(app);
  await writeFile(join(app, 'package.json'), '{ "private": true, "type": "module" }\n');
  const npm = (...args: string[]) => run('npm', [...args, '--loglevel=error'], { cwd: app });
  const { stdout } = await npm('pack', built);
  await npm('install', '--offline', '--no-audit', '--no-fund', join(app, stdout.trim()));
}

async function compile(files: Record<string, string>, options: Record<string, unknown>) {
  const app = join(folder, 'app');
  for (const [name, text] of Object.entries(files)) await writeFile(join(app, name), text);
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    // Its types must stand alone, with nothing left out.
    skipLibCheck: false,
    ...options,
  };
  const config = { compilerOptions, files: Object.keys(files) };
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const failed = await run(process.execPath, [tsc, '-p', '.'], { cwd: app }).catch(
    (error: Error) => error,
  );
  return failed instanceof Error ? (failed as Error & { stdout: string }).stdout : '';
}

/** Takes jobs and ends them well, each with a line, until nobody wants it any more. */
async function serveJobs(signal: AbortSignal): Promise<void> {
  const { client } = await registerTestAgent(market);
  const calls = testAgentCalls(client);
  while (!signal.aborted) {
    const offers = await calls.poll({ waitSec: 1 });
    for (const offer of offers) {
      if (offer.type !== 'offer') continue;
      await calls.run(offer);
      const params = { executionId: offer.executionId };
      const lines = [{ text: 'hello', stream: 'stdout' as const, atMs: 1_000, partial: false }];
      await client.call(appendLogs, { params, body: { ...fenceOf(offer), seqFirst: 1, lines } });
      await calls.report(offer, { logLines: 1 });
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function guidePrograms(): Promise<Record<string, string>> {
  const guide = await readFile(join(root, 'docs/guides/use-the-sdk.md'), 'utf8');
  const programs = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)];
  return Object.fromEntries(programs.map(([, text = ''], index) => [`guide-${index}.ts`, text]));
}

describe('the package @node3/client', () => {
  it('is alone: no dependencies, and nothing but code, types and words', async () => {
    const modules = join(folder, 'app/node_modules');
    const installed = (await readdir(modules)).filter((name) => !name.startsWith('.'));
    expect([installed, await readdir(join(modules, '@node3'))]).toEqual([['@node3'], ['client']]);
    const home = join(modules, '@node3/client');
    const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as object;
    expect(Object.keys(manifest).filter((name) => /dependencies|scripts/i.test(name))).toEqual([]);
    const files = await readdir(home, { recursive: true, withFileTypes: true });
    const odd = files
      .filter((file) => file.isFile() && !/\.(js|d\.ts)$/.test(file.name))
      .map(({ name }) => name);
    expect(odd.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
  });

  it('is small, and nothing in it is of Node.js alone', async () => {
    const entry = join(folder, 'app/node_modules/@node3/client/entry.js');
    const built = (await build({
      root: join(folder, 'app'),
      configFile: false,
      logLevel: 'error',
      build: { write: false, minify: true, lib: { entry, formats: ['es'] } },
    })) as Rolldown.RolldownOutput[];
    const [chunk, ...others] = built.flatMap(({ output }) => output);
    if (chunk?.type !== 'chunk') throw new Error('no code was built');
    expect([others, chunk.imports]).toEqual([[], []]);
    expect(chunk.code).not.toMatch(/\bnode:|\bprocess\.|\bBuffer\b|\brequire\(/);
    const bytes = gzipSync(chunk.code).length;
    expect(bytes).toBeLessThanOrEqual(20_000);
  });

  it('has types that work in a page, and refuse what the marketplace would', async () => {
    const page = `import { Node3, verifyWebhook } from '@node3/client';
      export const cluster: Promise<string> = new Node3({ url: '' }).marketplace
        .overview()
        .then((overview) => overview.cluster);
      void verifyWebhook;`;
    const wrong = `import { isEnded, type Job, type JobSpec, usdc } from '@node3/client';
      export const spec: JobSpec = {
        workload: { kind: 'script', language: 'cobol', code: '' },
        price: { kind: 'fixed', reward: usdc(0.1) },
      };
      export const when = (job: Job): string => job.finishedAt;
      export const end = (job: Job): string => (isEnded(job) ? job.finishedAt : job.state);`;
    const lib = ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'];
    const said = await compile({ 'page.ts': page, 'wrong.ts': wrong }, { types: [], lib });
    expect(said.match(/^\S+\.ts\(\d+/gm)).toEqual(['wrong.ts(3', 'wrong.ts(4', 'wrong.ts(6']);
  });

  it('runs every program of docs/guides/use-the-sdk.md, as it is printed', async () => {
    const programs = await guidePrograms();
    const typeRoots = [join(root, 'node_modules/@types')];
    const options = { types: ['node'], typeRoots, lib: ['es2024'] };
    expect(await compile(programs, options)).toBe('');
    const { apiKey } = await openFundedAccount(market, { USDC: 10_000_000n });
    const env = {
      NODE3_URL: market.url,
      NODE3_API_KEY: apiKey,
      PORT: String(await freePort()),
    };
    const enough = new AbortController();
    const serving = serveJobs(enough.signal);
    const said: string[] = [];
    for (const name of Object.keys(programs)) {
      const { stdout } = await run(process.execPath, [name], { cwd: join(folder, 'app'), env });
      said.push(stdout);
    }
    enough.abort();
    await serving;
    expect(said).toEqual([
      'hello\nsucceeded 0.105 USDC\n',
      '0.315 USDC of 0.50\nperJob 5.25 USDC\n',
      '0 of 8\n8 of 8\n1,2\n 492d5ea4\n',
      'headers\nwebhook.tested null\n',
      '5 5 0.525 USDC\n412\n',
    ]);
  });
});
