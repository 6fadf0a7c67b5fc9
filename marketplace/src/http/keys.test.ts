import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@node3/shared/client';
import { createAccount, getAccount } from '@node3/shared/routes/accounts';
import { listPayouts } from '@node3/shared/routes/admin';
import { issueRegistrationToken } from '@node3/shared/routes/admin-agents';
import { listAuditLog } from '@node3/shared/routes/audit';
import { createJob } from '@node3/shared/routes/jobs';
import { createKey, listKeys, revokeKey, rotateKey } from '@node3/shared/routes/keys';
import { signInLimits } from '@node3/shared/sign-in-limits';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
const clientOf = (apiKey: string) => createClient({ baseUrl: market.url, apiKey });
const cap = (amount: string) => {
  const none = { perJob: null, perDay: null };
  return { SOL: { perJob: amount, perDay: amount }, USDC: none };
};

beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

describe('keys of a requester', () => {
  it('[1.07] are made with a name, listed without their secret, and revoked', async () => {
    const { client } = await openFundedAccount(market);
    const made = await client.call(createKey, { body: { name: 'ci' } });
    const { data } = await client.call(listKeys, {});
    expect(data.map(({ name, current }) => ({ name, current }))).toEqual([
      { name: 'ci', current: false },
      { name: null, current: true },
    ]);
    expect(JSON.stringify(data)).not.toContain(made.apiKey);
    await clientOf(made.apiKey).call(getAccount, {});
    await client.call(revokeKey, { params: { keyId: made.keyId } });
    const revoked = clientOf(made.apiKey).call(getAccount, {});
    await expect(revoked).rejects.toMatchObject({ code: 'AUTH_INVALID' });
    expect((await client.call(listKeys, {})).data).toHaveLength(1);
  });

  it('[1.07] are nowhere on the disk of the marketplace, only their hashes', async () => {
    const { client } = await openFundedAccount(market);
    const { apiKey } = await client.call(createKey, { body: { name: 'ci' } });
    const files = await readdir(market.folder, { recursive: true, withFileTypes: true });
    const stored = files.filter((file) => file.isFile());
    expect(stored.map(({ name }) => name)).toContain('market.db');
    for (const { parentPath, name } of stored) {
      const bytes = await readFile(join(parentPath, name));
      expect(bytes.includes(apiKey) || bytes.includes(apiKey.slice(-20)), name).toBe(false);
    }
  });

  it('[1.07] can be replaced, and both work for a while', async () => {
    const { client } = await openFundedAccount(market);
    const [key] = (await client.call(listKeys, {})).data;
    const params = { keyId: key?.keyId ?? '' };
    const { apiKey, oldKeyExpiresAt } = await client.call(rotateKey, { params });
    const { data } = await clientOf(apiKey).call(listKeys, {});
    expect(data.map(({ expiresAt, current }) => ({ expiresAt, current }))).toEqual([
      { expiresAt: null, current: true },
      { expiresAt: oldKeyExpiresAt, current: false },
    ]);
    await client.call(getAccount, {});
  });

  it('with caps spend no more after a rotation, and make no other keys', async () => {
    const { client } = await openFundedAccount(market);
    const body = { name: 'capped', keyCaps: cap('0.002') };
    const made = await client.call(createKey, { body });
    const capped = clientOf(made.apiKey);
    await capped.call(createJob, { body: testJob() });
    const params = { keyId: made.keyId };
    const { apiKey } = await capped.call(rotateKey, { params });
    const successor = clientOf(apiKey);
    const again = successor.call(createJob, { body: testJob() });
    await expect(again).rejects.toMatchObject({ code: 'CAP_EXCEEDED' });
    const refused = { code: 'AUTH_FORBIDDEN' };
    const free = successor.call(createKey, { body: { name: 'free' } });
    await expect(free).rejects.toMatchObject(refused);
    const first = (await client.call(listKeys, {})).data.find(({ current }) => current);
    const other = { params: { keyId: first?.keyId ?? '' } };
    await expect(successor.call(revokeKey, other)).rejects.toMatchObject(refused);
    await expect(successor.call(rotateKey, other)).rejects.toMatchObject(refused);
  });

  it('with caps end as they are replaced: no two spend up to one cap', async () => {
    const { client } = await openFundedAccount(market);
    const body = { name: 'capped', keyCaps: cap('0.002') };
    const made = await client.call(createKey, { body });
    const { data } = await client.call(listKeys, {});
    expect(data.map(({ keyId, caps }) => [keyId, caps])).toEqual([
      [made.keyId, body.keyCaps],
      [expect.any(String), null],
    ]);
    const capped = clientOf(made.apiKey);
    const rotation = { params: { keyId: made.keyId }, query: { overlapSec: 3_600 } };
    const next = clientOf((await capped.call(rotateKey, rotation)).apiKey);
    await next.call(createJob, { body: testJob() });
    const refused = { code: 'AUTH_INVALID' };
    await expect(capped.call(createJob, { body: testJob() })).rejects.toMatchObject(refused);
    await expect(capped.call(rotateKey, rotation)).rejects.toMatchObject(refused);
  });

  it('[12.13] do what their scopes say, and tell which one is missing', async () => {
    const { client } = await openFundedAccount(market);
    const body = { name: 'report', scopes: ['requester' as const, 'read-only' as const] };
    const reader = await client.call(createKey, { body });
    const { access } = await clientOf(reader.apiKey).call(getAccount, {});
    expect(access).toEqual({ by: 'key', scopes: ['requester', 'read-only'] });
    const posting = clientOf(reader.apiKey).call(createJob, { body: testJob() });
    await expect(posting).rejects.toMatchObject({
      code: 'AUTH_FORBIDDEN',
      context: { scope: 'requester', detail: expect.stringMatching(/read-only.*node3 key create/) },
    });
    const [listed] = (await client.call(listKeys, {})).data;
    expect(listed).toMatchObject({ keyId: reader.keyId, scopes: ['requester', 'read-only'] });
    const operating = client.call(listPayouts, {});
    await expect(operating).rejects.toMatchObject({ context: { scope: 'operator' } });
  });

  it('give no scope and no time that they have not', async () => {
    const { client } = await openFundedAccount(market);
    const refused = { code: 'AUTH_FORBIDDEN' };
    const scopes = ['operator' as const];
    const above = client.call(createKey, { body: { name: 'above', scopes } });
    await expect(above).rejects.toMatchObject({ ...refused, context: { scope: 'operator' } });
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { name: 'short', scopes: ['provider' as const], expiresAt };
    const short = await client.call(createKey, { body });
    const shortClient = clientOf(short.apiKey);
    const longer = shortClient.call(createKey, { body: { name: 'longer' } });
    await expect(longer).rejects.toMatchObject(refused);
    const first = (await client.call(listKeys, {})).data.at(-1)?.keyId ?? '';
    const stolen = shortClient.call(rotateKey, { params: { keyId: first } });
    await expect(stolen).rejects.toMatchObject(refused);
    const params = { keyId: short.keyId };
    const query = { overlapSec: 0 };
    const next = await shortClient.call(rotateKey, { params, query });
    const over = shortClient.call(getAccount, {});
    await expect(over).rejects.toMatchObject({ code: 'AUTH_INVALID' });
    const [listed] = (await clientOf(next.apiKey).call(listKeys, {})).data;
    expect(listed).toMatchObject({ keyId: next.keyId, scopes: ['provider'], expiresAt });
    const past = { name: 'past', expiresAt: '2020-01-01T00:00:00.000Z' };
    const late = client.call(createKey, { body: past });
    await expect(late).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('that were replaced make none that outlives them', async () => {
    const { client, apiKey } = await openFundedAccount(market);
    const [own] = (await client.call(listKeys, {})).data;
    const params = { keyId: own?.keyId ?? '' };
    await client.call(rotateKey, { params, query: { overlapSec: 3_600 } });
    const making = clientOf(apiKey).call(createKey, { body: { name: 'stays' } });
    await expect(making).rejects.toMatchObject({ code: 'AUTH_FORBIDDEN' });
  });

  it('of the operator are made by its key, named in the audit log, and end alone', async () => {
    const operator = clientOf(market.adminApiKey);
    const body = { name: 'alice', scopes: ['operator' as const] };
    const alice = await operator.call(createKey, { body });
    const aliceClient = clientOf(alice.apiKey);
    await aliceClient.call(listPayouts, {});
    await aliceClient.call(issueRegistrationToken, { body: {} });
    const { data } = await operator.call(listAuditLog, {});
    expect(data).toContainEqual(
      expect.objectContaining({ action: 'registration-token.issued', keyId: alice.keyId }),
    );
    await operator.call(revokeKey, { params: { keyId: alice.keyId } });
    const over = aliceClient.call(listPayouts, {});
    await expect(over).rejects.toMatchObject({ code: 'AUTH_INVALID' });
    await operator.call(listPayouts, {});
  });

  it('show when they were last used, to the hour', async () => {
    const clock = new ManualClock();
    const own = await startTestMarketplace({ clock });
    const { client } = await openFundedAccount(own);
    await client.call(getAccount, {});
    await own.restart();
    const first = (await client.call(listKeys, {})).data[0]?.lastUsedAt;
    expect(first).toBe(new Date(clock.nowMs()).toISOString());
    clock.advance(signInLimits.keyUseGrainMs - 1);
    await client.call(listKeys, {});
    await own.restart();
    expect((await client.call(listKeys, {})).data[0]?.lastUsedAt).toBe(first);
    await own.stop();
  });

  it('are nobody else’s to see or end', async () => {
    const mine = await openFundedAccount(market);
    const theirs = await openFundedAccount(market);
    const [key] = (await theirs.client.call(listKeys, {})).data;
    const params = { keyId: key?.keyId ?? '' };
    const missing = { code: 'KEY_NOT_FOUND' };
    await expect(mine.client.call(revokeKey, { params })).rejects.toMatchObject(missing);
    await expect(mine.client.call(rotateKey, { params })).rejects.toMatchObject(missing);
  });

  it('come back with the wallet when all are lost', async () => {
    const { accountId, wallet } = await openFundedAccount(market);
    const proof = await wallet.prove(market.anonymous, 'account.create');
    const { account, apiKey } = await market.anonymous.call(createAccount, { body: proof });
    expect(account.accountId).toBe(accountId);
    expect((await clientOf(apiKey).call(listKeys, {})).data).toHaveLength(2);
  });
});
