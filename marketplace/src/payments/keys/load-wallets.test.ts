import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@node3/shared/logger';
import { readPassphraseSource } from '@node3/shared/passphrase';
import { createEncryptedKeypairFile, createKeypairFile } from '@node3/shared/write-keypair-file';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assertProtected, loadWallets } from './load-wallets.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-wallets-'));
});
afterEach(() => rm(folder, { recursive: true }));

const fileAt = (name: string) => ({
  path: join(folder, name),
  passphrase: readPassphraseSource({}, 'TEST_PASSPHRASE_FILE'),
});

describe('the wallets of the marketplace', () => {
  it('are one key, or two when the fees of others are paid with their own', async () => {
    const one = await loadWallets(fileAt('treasury.json'), null);
    expect(one.feePayer.address).toBe(one.treasury.address);
    const two = await loadWallets(fileAt('treasury.json'), fileAt('fees.json'));
    expect(two.treasury.address).toBe(one.treasury.address);
    expect(two.feePayer.address).not.toBe(two.treasury.address);
  });

  it('lie on mainnet encrypted, or as the operator insists with a warning at each start', async () => {
    const log = createLogger({ name: 'test', level: 'silent' });
    const warn = vi.spyOn(log, 'warn');
    const plain = join(folder, 'plain.json');
    const sealed = join(folder, 'sealed.json');
    await createKeypairFile(plain);
    await createEncryptedKeypairFile(sealed, Buffer.from('five words at random'));
    const refused = { cluster: 'mainnet-beta', unencrypted: 'refused', log } as const;
    await expect(assertProtected(plain, refused)).rejects.toThrow(
      `Run: node3 wallet encrypt ${plain}`,
    );
    await assertProtected(sealed, refused);
    await assertProtected(plain, { ...refused, cluster: 'devnet' });
    expect(warn).not.toHaveBeenCalled();
    await assertProtected(plain, { ...refused, unencrypted: 'allowed' });
    expect(warn).toHaveBeenCalledOnce();
  });
});
