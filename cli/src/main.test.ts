import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMarketplace, testKey } from './testing/fake-marketplace.ts';
import { endedJob, testExecution, testJob, testLine } from './testing/test-job.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
let market: FakeMarketplace;
let folder: string;

beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
  folder = await mkdtemp(join(tmpdir(), 'node3-main-'));
});

afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

/** The real program, as a person's shell starts it. */
function start(...args: string[]) {
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    XDG_CONFIG_HOME: folder,
    NODE3_URL: market.url,
    NODE3_API_KEY: testKey,
  };
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env });
  const seen = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (seen.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (seen.err += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, seen, ended };
}

describe('node cli/src/main.ts', () => {
  it('prints its help on stdout', async () => {
    const { seen, ended } = start('--help');
    expect(await ended).toBe(0);
    expect(seen.out).toMatch(/Usage: (npx )?node3 /);
    expect(seen.err).toBe('');
  });

  it('passes the exit code of the job to the shell', async () => {
    market.say(testLine(1, 'hello'));
    market.become(endedJob('failed', 42));
    const { seen, ended } = start('run', '--', 'false');
    expect(await ended).toBe(42);
    expect(seen.out).toBe('hello\n');
  });

  it('cancels on a real SIGINT and ends with 130', async () => {
    market.become(testJob({ state: 'running', executions: [testExecution] }));
    market.onCancel = () => market.become(testJob({ state: 'cancelled' }));
    market.say(testLine(1, 'started'));
    const { child, seen, ended } = start('run', '--', 'sleep', '60');
    await vi.waitFor(() => expect(seen.out).toBe('started\n'), { timeout: 10_000 });
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(market.requests('POST', '/cancel')).toHaveLength(1);
  });

  it('cancels the job when its reader goes away, as head does', async () => {
    market.become(testJob({ state: 'running', executions: [testExecution] }));
    market.onCancel = () => market.become(testJob({ state: 'cancelled' }));
    market.say(testLine(1, 'started'));
    const { child, seen, ended } = start('run', '--', 'chatter');
    await vi.waitFor(() => expect(seen.out).toBe('started\n'), { timeout: 10_000 });
    child.stdout.destroy();
    await vi.waitFor(() => {
      market.say(testLine(market.lines.length + 1, 'more'));
      expect(market.requests('POST', '/cancel')).toHaveLength(1);
    });
    expect(await ended).toBe(141);
  });

  it('creates a wallet file for its owner only, and never over another', async () => {
    const first = start('wallet', 'new', 'w.json');
    expect(await first.ended).toBe(0);
    expect(first.seen.out).toMatch(/^[1-9A-HJ-NP-Za-km-z]{32,44}\n$/);
    expect((await stat(join(folder, 'w.json'))).mode & 0o777).toBe(0o600);
    const again = start('wallet', 'new', 'w.json');
    expect(await again.ended).toBe(1);
    expect(again.seen.err).toContain('exists already');
    const shown = start('wallet', 'show', '--wallet', 'w.json', '--json');
    expect(await shown.ended).toBe(0);
    expect(JSON.parse(shown.seen.out)).toMatchObject({ wallet: first.seen.out.trim() });
  });
});
