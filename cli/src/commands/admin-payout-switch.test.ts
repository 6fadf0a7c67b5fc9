import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

let market: TestMarketplace;
let folder: string;

beforeEach(async () => {
  market = await startTestMarketplace();
  folder = await mkdtemp(join(tmpdir(), 'node3-switch-'));
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

const run = (...argv: string[]) => runAdmin('payouts', ...argv);

async function runAdmin(...argv: string[]) {
  const env = { ADMIN_API_KEY: market.adminApiKey, NODE3_URL: market.url };
  const config = join(folder, 'config.json');
  const host = new TestHost({ argv: ['--config', config, 'admin', ...argv], env });
  return { code: await runCli(host), out: host.out, err: host.err };
}

describe('node3 admin payouts', () => {
  it('stops and starts payouts, each with a reason', async () => {
    const stopped = await run('stop', '--reason', '3 SOL are missing');
    expect(stopped).toMatchObject({ code: 0, out: expect.stringMatching(/stopped +3 SOL are/) });
    expect((await run('status')).out).toContain('3 SOL are missing');
    const started = await run('start', '--reason', 'it was a test of ours');
    expect(started.code).toBe(0);
    expect(started.out).not.toContain('3 SOL are missing');
  });

  it('asks for the reason', async () => {
    const { code, err } = await run('stop');
    expect(code).not.toBe(0);
    expect(err).toContain('--reason');
  });
});

describe('node3 admin switch', () => {
  it('turns matching off and on again, and says why it is held back', async () => {
    const reason = ['--reason', 'a flood of jobs'];
    expect(await runAdmin('switch', 'on', 'pause-matching', ...reason)).toMatchObject({ code: 0 });
    const { out } = await runAdmin('switch', 'list');
    expect(out).toMatch(/pause-matching\s+on\s.*a flood of jobs/);
    expect(out).toMatch(/read-only\s+off/);
    const off = await runAdmin('switch', 'off', 'pause-matching', ...reason);
    expect(off).toMatchObject({ code: 0, out: expect.stringContaining('is off') });
  });

  it('knows its switches', async () => {
    const { code, err } = await runAdmin('switch', 'on', 'everything', '--reason', 'a test');
    expect(code).toBe(2);
    expect(err).toContain('pause-matching');
  });
});
