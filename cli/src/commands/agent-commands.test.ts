import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openFundedAccount,
  registerTestAgent,
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
  folder = await mkdtemp(join(tmpdir(), 'node3-agents-'));
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function run(argv: string[], env: Record<string, string> = {}) {
  const all = { ADMIN_API_KEY: market.adminApiKey, NODE3_URL: market.url, ...env };
  const host = new TestHost({ argv: ['--config', join(folder, 'config.json'), ...argv], env: all });
  return { code: await runCli(host), out: host.out, err: host.err };
}

describe('node3 admin agent', () => {
  it('[10.04] shows, drains, resumes, disables, enables and unregisters', async () => {
    const { agentId } = await registerTestAgent(market);
    const agent = (...argv: string[]) => run(['admin', 'agent', ...argv]);
    expect((await agent('list')).out).toContain(agentId);
    expect((await agent('show', agentId)).out).toMatch(/state +active\n[^]*availability +unknown/);
    const drained = await agent('drain', agentId, '--reason', 'new racks');
    expect(drained.out).toMatch(/draining by operator\nreason +new racks/);
    expect((await agent('resume', agentId)).out).toContain('active by operator');
    expect((await agent('disable', agentId)).out).toContain('disabled by operator');
    const wrong = await agent('drain', agentId);
    expect(wrong).toMatchObject({ code: 9, err: expect.stringContaining('disabled') });
    expect((await agent('enable', agentId)).out).toContain('active by operator');
    expect((await agent('unregister', agentId)).out).toContain('unregistered by operator');
  });

  it('[10.11] issues, lists and revokes registration tokens', async () => {
    const token = (...argv: string[]) => run(['admin', 'agent', 'token', ...argv]);
    const issued = await token('issue', '--name', 'rig');
    expect(issued.out).toMatch(/^n3_reg_/);
    const tokenId = /reg_[0-9A-Z]{26}/.exec(issued.out)?.[0] ?? '';
    expect((await token('revoke', tokenId)).out).toContain('revoked');
    expect((await token('list')).out).toMatch(new RegExp(`${tokenId}\trevoked\trig`));
  });
});

describe('node3 key', () => {
  it('[10.11] lists, creates, rotates and revokes', async () => {
    const { apiKey } = await openFundedAccount(market);
    const env = { NODE3_API_KEY: apiKey };
    const made = await run(['key', 'create', '--name', 'ci'], env);
    const keyId = /key_[0-9A-Z]{26}/.exec(made.out)?.[0] ?? '';
    expect((await run(['key', 'list'], env)).out).toContain(`${keyId}\tci`);
    expect((await run(['key', 'revoke', keyId], env)).out).toBe(`${keyId} revoked\n`);
    const rotated = await run(['key', 'rotate'], env);
    expect(rotated.code).toBe(0);
    const stored = await readFile(join(folder, 'config.json'), 'utf8');
    expect(stored).toContain(rotated.out.trim());
    expect((await run(['key', 'list'])).out).toMatch(/this one/);
    expect((await run(['key', 'create'], env)).code).toBe(2);
  });
});
