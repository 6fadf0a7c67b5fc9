import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { ensureKeypairFile } from '@node3/shared/keypair-file';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeMarketplace } from '../testing/fake-marketplace.ts';
import { MarketplaceLink } from './marketplace-link.ts';
import { ensureIdentity, IdentityError } from './registration.ts';

let folder: string;
let marketplace: FakeMarketplace;
const never = new AbortController().signal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-identity-'));
  marketplace = new FakeMarketplace();
  await marketplace.start();
});
afterEach(async () => {
  await marketplace.stop();
  await rm(folder, { recursive: true });
});

async function signIn(changes: { url?: string; wallet?: string; apiKey?: string } = {}) {
  const link = new MarketplaceLink(changes.url ?? marketplace.url, { clock: systemClock });
  return ensureIdentity(
    {
      link,
      wallet: await ensureKeypairFile(join(folder, changes.wallet ?? 'wallet.json')),
      log: silentLogger,
      path: join(folder, 'identity.json'),
      name: 'test',
      version: '0.0.0',
      apiKey: changes.apiKey ?? null,
      registrationToken: null,
    },
    never,
  );
}

describe('ensureIdentity', () => {
  it('[5.09] registers once and keeps the key for this user alone', async () => {
    const identity = await signIn();
    expect(identity).toMatchObject({ agentId: marketplace.agentId, apiKey: 'key-1' });
    expect(await signIn()).toEqual(identity);
    expect(marketplace.registrations).toBe(1);
    const path = join(folder, 'identity.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(identity);
  });

  it('refuses an identity of another marketplace or wallet', async () => {
    await signIn();
    const other = new FakeMarketplace();
    await other.start();
    await expect(signIn({ url: other.url })).rejects.toThrow(IdentityError);
    await other.stop();
    expect(other.registrations).toBe(0);
    await expect(signIn({ url: 'http://marketplace.example' })).rejects.toThrow(IdentityError);
    await expect(signIn({ wallet: 'other.json' })).rejects.toThrow(/WALLET_PATH/);
    expect(marketplace.registrations).toBe(1);
  });

  it('follows its marketplace to another address of this machine', async () => {
    const identity = await signIn();
    const url = marketplace.url.replace('127.0.0.1', 'localhost');
    const moved = { ...identity, marketplaceUrl: url };
    expect(await signIn({ url })).toEqual(moved);
    const text = await readFile(join(folder, 'identity.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(moved);
    expect(marketplace.registrations).toBe(1);
  });

  it('refuses a damaged file and one that others can read', async () => {
    const path = join(folder, 'identity.json');
    await writeFile(path, '{}', { mode: 0o600 });
    await expect(signIn()).rejects.toThrow(/damaged/);
    await rm(path);
    await writeFile(path, '{}', { mode: 0o644 });
    await expect(signIn()).rejects.toThrow(/chmod 600/);
    expect(marketplace.registrations).toBe(0);
  });

  it('recognises a preset key, and only for its own wallet', async () => {
    await signIn();
    await rm(join(folder, 'identity.json'));
    const identity = await signIn({ apiKey: 'key-1' });
    expect(identity.agentId).toBe(marketplace.agentId);
    expect(marketplace.registrations).toBe(1);
    await rm(join(folder, 'identity.json'));
    await expect(signIn({ apiKey: 'key-1', wallet: 'other.json' })).rejects.toThrow(/belongs to/);
    await expect(signIn({ apiKey: 'wrong' })).rejects.toMatchObject({ code: 'AUTH_INVALID' });
  });
});
