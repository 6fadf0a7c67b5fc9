import {
  chmod,
  chown,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bs58 from 'bs58';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureKeypairFile, loadKeypairFile, readKeypairAddress } from './keypair-file.ts';
import { decodeAddress, verifySignature } from './wallet-key.ts';
import { createKeypairFile } from './write-keypair-file.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileWith(text: string, mode = 0o600): Promise<string> {
  const path = join(folder, 'wallet.json');
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

describe('keypair files', () => {
  it('[7.26] are created private, in the Solana CLI format, and sign what their address verifies', async () => {
    const path = join(folder, 'new', 'wallet.json');
    const created = await createKeypairFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'new'))).toEqual(['wallet.json']);
    expect(JSON.parse(await readFile(path, 'utf8'))).toHaveLength(64);
    const loaded = await loadKeypairFile(path);
    expect(loaded.address).toBe(created.address);
    const message = new TextEncoder().encode('hello');
    const signature = bs58.encode(await loaded.sign(message));
    expect(verifySignature(loaded.address, message, signature)).toBe(true);
    expect(verifySignature(loaded.address, new TextEncoder().encode('hellp'), signature)).toBe(
      false,
    );
  });

  it('are never overwritten', async () => {
    const path = join(folder, 'wallet.json');
    const first = await ensureKeypairFile(path);
    await expect(createKeypairFile(path)).rejects.toMatchObject({ code: 'EEXIST' });
    expect((await ensureKeypairFile(path)).address).toBe(first.address);
    expect(await readdir(folder)).toEqual(['wallet.json']);
  });

  it('are not created through a link, not even one that leads nowhere', async () => {
    await symlink(join(folder, 'elsewhere.json'), join(folder, 'wallet.json'));
    await expect(createKeypairFile(join(folder, 'wallet.json'))).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(await readdir(folder)).toEqual(['wallet.json']);
  });

  it.each([0o644, 0o640, 0o660, 0o604, 0o601, 0o620])(
    '[7.26] [P97] are refused with mode %o, with the command that fixes it',
    async (mode) => {
      const path = join(folder, 'wallet.json');
      await createKeypairFile(path);
      await chmod(path, mode);
      await expect(loadKeypairFile(path)).rejects.toThrow(`chmod 600 ${path}`);
      await expect(readKeypairAddress(path)).rejects.toThrow(`chmod 600 ${path}`);
    },
  );

  it.runIf(process.getuid?.() === 0)('are refused when they belong to somebody else', async () => {
    const path = join(folder, 'wallet.json');
    await createKeypairFile(path);
    await chown(path, 65_534, 65_534);
    await expect(loadKeypairFile(path)).rejects.toThrow('belongs to another user');
  });

  it.each(['agent', 'marketplace'])(
    '[7.27] [P98] are refused when they are the example of the %s',
    async (name) => {
      const example = join(
        import.meta.dirname,
        `../../wallets.example/${name}.wallet.example.json`,
      );
      const path = await fileWith(await readFile(example, 'utf8'));
      await expect(loadKeypairFile(path)).rejects.toThrow('is the example file');
    },
  );

  it.each([
    ['not JSON', 'hello', 'is not JSON'],
    ['a base58 secret as wallets export it', bs58.encode(Buffer.alloc(64, 9)), 'base58'],
    ['too short', '[1,2,3]', 'array of 64 bytes'],
    ['not bytes', JSON.stringify(Array.from({ length: 64 }, () => 300)), 'array of 64 bytes'],
    [
      'halves that do not belong together',
      JSON.stringify(Array.from({ length: 64 }, () => 7)),
      'damaged key',
    ],
  ])('are refused when they are %s', async (_name, text, message) => {
    await expect(loadKeypairFile(await fileWith(text))).rejects.toThrow(message);
  });

  it('are not followed through a link', async () => {
    const target = join(folder, 'target.json');
    await createKeypairFile(target);
    await symlink(target, join(folder, 'wallet.json'));
    await expect(loadKeypairFile(join(folder, 'wallet.json'))).rejects.toMatchObject({
      code: 'ELOOP',
    });
  });
});

describe('addresses', () => {
  it.each(['', 'abc', '0OIl', '1'.repeat(33)])('refuses %j', (address) => {
    expect(() => decodeAddress(address)).toThrow(
      expect.objectContaining({ code: 'WALLET_INVALID' }),
    );
  });
});
