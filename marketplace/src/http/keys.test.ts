import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@node3/shared/client';
import { createAccount, getAccount } from '@node3/shared/routes/accounts';
import { createJob } from '@node3/shared/routes/jobs';
import { createKey, listKeys, revokeKey, rotateKey } from '@node3/shared/routes/keys';
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
