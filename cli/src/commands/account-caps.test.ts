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
  folder = await mkdtemp(join(tmpdir(), 'node3-caps-'));
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function node3(...argv: string[]) {
  const config = ['--config', join(folder, 'config.json'), '--url', market.url];
  const host = new TestHost({ argv: [...config, ...argv], env: {}, cwd: folder });
  return { code: await runCli(host), out: host.out, err: host.err };
}

describe('node3 account caps', () => {
  it('sets what is named, signed by the wallet, and shows what holds', async () => {
    expect((await node3('account', 'create', '--wallet', 'wallet.json')).code).toBe(0);
    expect((await node3('account', 'caps')).out).toMatch(/USDC today +0 of no limit/);
    const set = await node3('account', 'caps', '--per-day', '20', '--open', '50 USDC');
    expect([set.code, set.err]).toEqual([0, '']);
    expect(set.out).toMatch(/USDC today +0 of 20\n/);
    const cleared = await node3('account', 'caps', '--per-day', 'none', '--per-job', '0.5');
    expect(cleared.out).toMatch(/USDC job +0\.5\n/);
    expect(cleared.out).toMatch(/USDC open +0 of 50\n/);
    expect(cleared.out).toMatch(/USDC today +0 of no limit\n/);
  });

  it('stops all spending with a cap of 0', async () => {
    await node3('account', 'create', '--wallet', 'wallet.json');
    const set = await node3('account', 'caps', '--per-day', '0');
    expect([set.code, set.err]).toEqual([0, '']);
    expect(set.out).toMatch(/USDC today +0 of 0\n/);
  });

  it('sets no cap in one asset that was named in another', async () => {
    await node3('account', 'create', '--wallet', 'wallet.json');
    const set = await node3('account', 'caps', '--per-day', '5 SOL');
    expect(set.code).toBe(2);
    expect(set.err).toContain('--asset SOL');
    expect((await node3('account', 'caps')).out).toMatch(/USDC today +0 of no limit/);
  });

  it('sets the caps of one key', async () => {
    await node3('account', 'create', '--wallet', 'wallet.json');
    const shown = JSON.parse((await node3('--json', 'account', 'caps')).out) as {
      key: { keyId: string };
    };
    const { keyId } = shown.key;
    const both = ['--per-job', '1', '--per-day', '5', '--asset', 'SOL'];
    const set = await node3('account', 'caps', '--key', keyId, ...both);
    expect(set.out).toMatch(/SOL this key +job 1, today 0 of 5\n/);
    const one = await node3('account', 'caps', '--key', keyId, '--per-job', '2', '--asset', 'SOL');
    expect(one.out).toMatch(/SOL this key +job 2, today 0 of 5\n/);
    expect((await node3('account', 'caps', '--key', keyId, '--open', '1')).code).toBe(2);
  });

  it('node3 key caps shows those of a key, and leaves what is not named', async () => {
    await node3('account', 'create', '--wallet', 'wallet.json');
    const made = await node3('--json', 'key', 'create', '--name', 'ci');
    const { keyId } = JSON.parse(made.out) as { keyId: string };
    expect((await node3('key', 'caps', keyId)).out).toMatch(/SOL job +no limit\n/);
    await node3('key', 'caps', keyId, '--asset', 'SOL', '--per-job', '1', '--per-day', '5');
    const set = await node3('key', 'caps', keyId, '--per-day', '20');
    expect([set.code, set.err]).toEqual([0, '']);
    expect(set.out).toMatch(/SOL job +1\nSOL day +5\nUSDC job +no limit\nUSDC day +20\n/);
    expect((await node3('key', 'list')).out).toContain('1 SOL a job, 5 SOL a day, 20 USDC a day');
    const unknown = await node3('key', 'caps', `key_${'0'.repeat(26)}`, '--per-day', '1');
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('node3 key list') });
  });
});
