import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

let market: TestMarketplace;
let folder: string;

beforeAll(async () => {
  market = await startTestMarketplace();
  folder = await mkdtemp(join(tmpdir(), 'node3-providers-'));
});
afterAll(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function providers(...argv: string[]) {
  const env = { ADMIN_API_KEY: market.adminApiKey, NODE3_URL: market.url };
  const all = ['--config', join(folder, 'config.json'), 'admin', ...argv];
  const host = new TestHost({ argv: all, env });
  return { code: await runCli(host), out: host.out, err: host.err };
}

it('[3.07] [3.08] [3.09] registers, changes, enables, disables, counts and removes providers', async () => {
  const run = (...argv: string[]) => providers('providers', ...argv);
  const form = join(folder, 'form.json');
  const capabilities = { cpusMax: 4, regions: ['eu-south'] };
  await writeFile(
    form,
    JSON.stringify({ capabilities, credentials: { token: 'open sesame' }, workersMax: 1 }),
  );
  const made = await run('register', 'docker-eu', '--kind', 'docker', '--file', form);
  expect(made.out).toMatch(/status +unhealthy\n[^]*limits +cpusMax 4, regions eu-south/);
  expect(made.out).toMatch(/credentials +token/);
  expect(made.out).not.toContain('sesame');
  expect((await run('list')).out).toMatch(/docker-eu\tdocker\tunhealthy/);
  const { agentId } = await registerTestAgent(market);
  expect((await run('assign', agentId, 'docker-eu')).out).toBe(`${agentId} belongs to docker-eu\n`);
  await writeFile(form, JSON.stringify({ workersMax: null, tags: ['fast'] }));
  expect((await run('update', 'docker-eu', '--file', form)).out).toMatch(/tags +fast/);
  const maintained = await run('maintain', 'docker-eu', '--reason', 'new disks');
  expect(maintained.out).toMatch(/status +maintenance\nwhy +new disks/);
  expect((await run('disable', 'docker-eu')).out).toMatch(/status +disabled/);
  expect((await run('enable', 'docker-eu')).out).toMatch(/status +unhealthy/);
  expect((await run('stats', 'docker-eu')).out).toMatch(/agents +1\n[^]*success +unknown/);
  expect((await run('health', 'docker-eu')).code).toBe(0);
  const used = await run('delete', 'docker-eu');
  expect(used).toMatchObject({ code: 9, err: expect.stringContaining('another provider') });
  await run('assign', agentId, 'default');
  expect((await run('delete', 'docker-eu')).out).toContain('deleted');
  expect((await run('show', 'docker-eu')).code).toBe(6);
  const token = await providers('agent', 'token', 'issue', '--provider', 'default');
  expect(token.out).toMatch(/^n3_reg_/);
});
