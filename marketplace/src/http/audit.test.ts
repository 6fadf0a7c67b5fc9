import { once } from 'node:events';
import { AuditChain } from '@node3/shared/audit-chain';
import { createClient } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import * as adminAgents from '@node3/shared/routes/admin-agents';
import { type AuditEntry, listAuditLog, verifyAuditLog } from '@node3/shared/routes/audit';
import { putAccountCaps } from '@node3/shared/routes/caps';
import { createKey, revokeKey, rotateKey } from '@node3/shared/routes/keys';
import { stopPayouts } from '@node3/shared/routes/payouts';
import { streamUrl } from '@node3/shared/routes/stream';
import { createWithdrawal } from '@node3/shared/routes/withdrawals';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AuthFailures } from '../services/auth-failures.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';
import { keepAudit } from '../workers/audit-keeper.ts';

let market: TestMarketplace;

beforeEach(async () => {
  market = await startTestMarketplace();
});
afterEach(() => market.stop());

const operator = () => createClient({ baseUrl: market.url, apiKey: market.adminApiKey });

async function entries(query: object = {}): Promise<AuditEntry[]> {
  const { data } = await operator().call(listAuditLog, {
    query: { limit: 1_000, order: 'oldest', ...query },
  });
  return data;
}

async function last(action: string): Promise<AuditEntry> {
  const found = (await entries({ action })).at(-1);
  if (found === undefined) throw new Error(`no entry of ${action}`);
  return found;
}

describe('the audit log', () => {
  it('[11.04] says who did what with which key, and never the key', async () => {
    const { accountId, apiKey, client } = await openFundedAccount(market);
    const [ownKeyId = ''] = /key_\w{26}/.exec(apiKey) ?? [];
    const created = await client.call(createKey, { body: { name: 'ci' } });
    const rotated = await client.call(rotateKey, { params: { keyId: created.keyId } });
    await client.call(revokeKey, { params: { keyId: rotated.keyId } });
    const money = { amount: '0.5', asset: 'SOL' as const };
    await client.call(createWithdrawal, { body: { money } });
    const by = { actor: 'requester', accountId, keyId: ownKeyId, ip: '127.0.0.0/24' };
    expect(await last('key.created')).toMatchObject({ ...by, target: created.keyId });
    expect(await last('key.rotated')).toMatchObject({
      ...by,
      target: created.keyId,
      facts: { nextKeyId: rotated.keyId },
    });
    expect(await last('key.revoked')).toMatchObject({ ...by, target: rotated.keyId });
    expect(await last('withdrawal.requested')).toMatchObject({
      ...by,
      facts: { asset: 'SOL', amount: '500000000' },
    });
    const all = JSON.stringify(await entries());
    for (const key of [apiKey, created.apiKey, rotated.apiKey, market.adminApiKey]) {
      expect(all).not.toContain(key.slice(-40));
    }
  });

  it('says what the operator did, with what was before', async () => {
    const { agentId } = await registerTestAgent(market);
    const reason = 'pulls images for ever';
    await operator().call(adminAgents.setAgentEnabled, {
      params: { agentId },
      body: { enabled: false, reason },
    });
    expect(await last('agent.disabled')).toMatchObject({
      actor: 'operator',
      target: agentId,
      facts: { before: 'active', why: reason },
    });
    await operator().call(stopPayouts, { body: { reason: 'a drill' } });
    const stopped = await last('payout.stopped');
    expect(stopped).toMatchObject({ actor: 'operator', facts: { reason: 'a drill' } });
    expect(await entries({ requestId: stopped.requestId })).toEqual([stopped]);
    const cap = { perJob: '1', open: null, perDay: null };
    await operator().call(putAccountCaps, { body: { caps: { SOL: cap, USDC: cap } } });
    await operator().call(putAccountCaps, {
      body: { caps: { SOL: { ...cap, perJob: '2' }, USDC: cap } },
    });
    const [sol] = (await entries({ action: 'caps.changed' })).slice(-2);
    expect(sol?.facts).toMatchObject({ perJob: '2000000000', before: '1000000000 - -' });
  });

  it('begins with the configuration that the marketplace started with', async () => {
    const [first] = await entries({ action: 'service.started' });
    expect(first?.facts).toMatchObject({ version: '0.0.0-test', cluster: 'localnet' });
    expect(JSON.stringify(first)).not.toContain('secret');
  });

  it('gathers wrong keys, so that nobody can fill it', async () => {
    const wrong = createClient({ baseUrl: market.url, apiKey: 'n3_nonsense' });
    for (let i = 0; i < 30; i += 1) {
      await expect(wrong.call(listAuditLog, { query: {} })).rejects.toThrow();
    }
    const { client } = await openFundedAccount(market);
    await expect(client.call(listAuditLog, { query: {} })).rejects.toThrow('the scope operator');
    await market.restart();
    const failed = await entries({ action: 'auth.failed' });
    const facts = failed.map((entry) => [entry.facts['code'], entry.facts['count'], entry.target]);
    expect(facts).toEqual([
      ['AUTH_INVALID', 30, null],
      ['AUTH_FORBIDDEN', 1, expect.stringMatching(/^key_/)],
    ]);
    expect(failed[0]).toMatchObject({ actor: 'nobody', ip: '127.0.0.0/24' });
  });

  it('notes wrong keys on the live socket, with the address that a trusted proxy names', async () => {
    const behind = await startTestMarketplace({ trustedProxies: ['127.0.0.0/8'] });
    try {
      const socket = new WebSocket(`${behind.url.replace('http', 'ws')}${streamUrl}`, {
        headers: { 'x-forwarded-for': '203.0.113.7' },
      });
      socket.once('open', () => socket.send(JSON.stringify({ op: 'auth', apiKey: 'junk' })));
      await once(socket, 'message');
      socket.terminate();
      await behind.restart();
      const operator = createClient({ baseUrl: behind.url, apiKey: behind.adminApiKey });
      const { data } = await operator.call(listAuditLog, { query: { action: 'auth.failed' } });
      expect(data).toMatchObject([{ ip: '203.0.113.0/24', facts: { code: 'AUTH_INVALID' } }]);
    } finally {
      await behind.stop();
    }
  });

  it('is exported as JSON lines and as CSV', async () => {
    await openFundedAccount(market);
    const get = async (accept: string) => {
      const headers = { accept, authorization: `Bearer ${market.adminApiKey}` };
      return (await fetch(`${market.url}/api/v1/admin/audit-log`, { headers })).text();
    };
    const lines = (await get('application/x-ndjson')).trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as AuditEntry);
    const known = await entries();
    expect(parsed.slice(1, -1)).toEqual(known);
    expect(parsed[0]).toEqual({ after: { entry: 0, hash: '0'.repeat(64) } });
    expect(parsed.at(-1)).toEqual({ ended: true });
    const csv = (await get('text/csv')).trimEnd().split('\r\n');
    expect(csv).toHaveLength(known.length + 2);
    expect(csv.at(-1)).toBe('ended');
    expect(csv[0]).toBe('entry,at,action,actor,accountId,keyId,ip,requestId,target,facts,hash');
    expect(csv[1]).toContain(',account.created,operator,');
  });

  it('[11.04] stays provable when old entries are removed', async () => {
    await openFundedAccount(market);
    const { store } = market;
    const dayMs = 86_400_000;
    const at = (nowMs: number) => ({ nowMs: () => nowMs, monotonicMs: () => nowMs });
    const clock = at(Date.now() + limits.auditRetentionDays * dayMs + 60_000);
    const authFailures = new AuthFailures({ store, clock });
    const deps = { store, clock, log: silentLogger, authFailures };
    await keepAudit({ ...deps, retentionDays: limits.auditRetentionDays });
    await openFundedAccount(market);
    const { data, after } = await operator().call(listAuditLog, { query: { order: 'oldest' } });
    expect(after.entry).toBe(4);
    const chain = new AuditChain({ ...after, hash: Buffer.from(after.hash, 'hex') });
    expect(data.flatMap((entry) => chain.add(entry))).toEqual([]);
    const proof = await operator().call(verifyAuditLog, {});
    expect(proof).toMatchObject({ verified: true, from: 5, entries: data.length });
  });
});

describe('a tampered audit log', () => {
  const tables = 'audit_final audit_kept audit_appended audit_head_forward'.split(' ');

  /** Somebody with the file, who takes the guards away first. */
  async function tamper(sql: string) {
    const clients = await Promise.all([openFundedAccount(market), openFundedAccount(market)]);
    expect(clients).toHaveLength(2);
    const before = await operator().call(verifyAuditLog, {});
    expect(before).toMatchObject({ verified: true, entries: 6 });
    await market.restart({ meanwhile: () => change(sql) });
    return operator().call(verifyAuditLog, {});
  }

  function change(sql: string) {
    const db = new Database(`${market.folder}/market.db`);
    for (const trigger of tables) db.exec(`DROP TRIGGER ${trigger}`);
    db.exec(sql);
    db.close();
  }

  it.each([
    ['changed', `UPDATE audit_log SET actor = 'requester' WHERE entry = 1`, 'Entry 1 does not'],
    ['changed facts', `UPDATE audit_log SET facts = '{}' WHERE entry = 3`, 'Entry 3 does not'],
    ['removed', 'DELETE FROM audit_log WHERE entry = 2', 'Entry 2 is missing.'],
    ['removed beginning', 'DELETE FROM audit_log WHERE entry < 3', 'Entries 1 to 2 are missing.'],
    [
      'inserted',
      `UPDATE audit_log SET entry = entry + 100 WHERE entry >= 4;
       INSERT INTO audit_log SELECT 4, at_ms, action, actor, account_id, key_id, ip, request_id,
       target, facts, hash FROM audit_log WHERE entry = 3;
       UPDATE audit_log SET entry = entry - 99 WHERE entry > 100;
       UPDATE audit_head SET entry = 7`,
      'Entry 4 does not',
    ],
    [
      'rewritten with its hash',
      `UPDATE audit_log SET facts = '{}', hash = (SELECT hash FROM audit_log WHERE entry = 1)
       WHERE entry = 2`,
      'Entry 2 does not',
    ],
  ])('shows a row that was %s', async (_, sql, problem) => {
    const proof = await tamper(sql);
    expect(proof.verified).toBe(false);
    expect(proof.problems[0]).toContain(problem);
  });

  it('shows that its end is gone', async () => {
    await openFundedAccount(market);
    const store = market.store;
    const { head } = await store.auditEnds();
    await market.restart({
      meanwhile: () => change(`DELETE FROM audit_log WHERE entry = ${head.entry}`),
    });
    const proof = await operator().call(verifyAuditLog, {});
    expect(proof.problems).toEqual([`Entry ${head.entry} is missing.`]);
  });
});
