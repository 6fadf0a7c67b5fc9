import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { systemIds } from '@node3/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

let market: TestMarketplace;
let folder: string;

beforeEach(async () => {
  market = await startTestMarketplace();
  folder = await mkdtemp(join(tmpdir(), 'node3-settle-'));
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function settle(...argv: string[]) {
  const env = { ADMIN_API_KEY: market.adminApiKey, NODE3_URL: market.url };
  const config = join(folder, 'config.json');
  const args = ['--config', config, 'admin', 'payouts', 'settle', ...argv];
  const host = new TestHost({ argv: args, env });
  return { code: await runCli(host), out: host.out, err: host.err };
}

describe('node3 admin payouts settle', () => {
  it('sends every payout with the signature, and says why it is refused', async () => {
    const payoutId = systemIds.next('payout');
    const { code, err } = await settle(payoutId, '--signature', '5'.repeat(88));
    expect(code).toBe(exitCodes.notFound.code);
    expect(err).toContain('no such payout');
  });

  it('asks for the signature', async () => {
    const { code, err } = await settle(systemIds.next('payout'));
    expect(code).not.toBe(0);
    expect(err).toContain('--signature');
  });
});
