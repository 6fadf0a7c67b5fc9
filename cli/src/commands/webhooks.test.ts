import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { startWebhookReceiver } from '@node3/marketplace/testing/webhook-testbed';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

let market: TestMarketplace;
let folder: string;
let apiKey: string;

beforeEach(async () => {
  market = await startTestMarketplace();
  folder = await mkdtemp(join(tmpdir(), 'node3-webhook-'));
  ({ apiKey } = await openFundedAccount(market));
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function run(...argv: string[]): Promise<TestHost & { code: number }> {
  const env = { NODE3_API_KEY: apiKey, NODE3_URL: market.url };
  const config = join(folder, 'config.json');
  const host = new TestHost({ argv: ['--config', config, 'webhook', ...argv], env });
  const code = await runCli(host);
  return Object.assign(host, { code });
}

describe('node3 webhook', () => {
  it('creates, tests, shows, replays, rotates, disables and deletes', async () => {
    const receiver = await startWebhookReceiver();
    const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
    receiver.answer = () => {
      hear();
      return { status: 200, body: 'thanks' };
    };
    const created = await run('create', receiver.url, '--type', 'job.*', '--description', 'mine');
    expect(created.out).toMatch(/secret +whsec_/);
    const [id = ''] = /whk_\w{26}/.exec(created.out) ?? [];
    expect((await run('list')).out).toContain(`${id}\tenabled\tjob.*\t${receiver.url}`);
    expect((await run('show', id)).out).not.toContain('whsec_');
    expect((await run('test', id)).code).toBe(0);
    await heard;
    const deliveries = (await run('deliveries', id)).out;
    const [delivery = ''] = /dlv_\w{26}/.exec(deliveries) ?? [];
    expect(deliveries).toContain('webhook.tested');
    expect((await run('deliveries', id, delivery)).code).toBe(0);
    expect((await run('replay', id, delivery)).out).toContain('pending');
    expect((await run('replay', id)).code).toBe(2);
    expect((await run('replay', id, '--after', '0')).out).toMatch(/\d+ events to be sent/);
    expect((await run('rotate', id)).out).toMatch(/old until +2/);
    expect((await run('disable', id)).out).toContain('Disabled by its owner.');
    expect((await run('test', id)).code).toBe(9);
    expect((await run('enable', id)).out).toMatch(/state +enabled/);
    expect((await run('delete', id)).out).toContain('deleted');
    expect((await run('show', id)).code).toBe(6);
    await receiver.close();
  });

  it('says what is wrong before it asks', async () => {
    expect((await run('show', 'whk_1')).code).toBe(2);
    expect((await run('create', 'http://192.168.0.1/')).err).toContain('not public');
  });
});
