import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bs58 from 'bs58';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeypairFile, ensureKeypairFile, loadKeypairFile } from './keypair-file.ts';
import { decodeAddress, verifySignature } from './wallet-key.ts';

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
  it('are created private, in the Solana CLI format, and sign what their address verifies', async () => {
    const path = join(folder, 'new', 'wallet.json');
    const created = await createKeypairFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
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
  });

  it('are refused when others can read them, with the command that fixes it', async () => {
    const path = join(folder, 'wallet.json');
    await createKeypairFile(path);
    await chmod(path, 0o644);
    await expect(loadKeypairFile(path)).rejects.toThrow(`chmod 600 ${path}`);
  });

  it('are refused when they are the example', async () => {
    const path = await fileWith(JSON.stringify(Array.from({ length: 64 }, () => 0)));
    await expect(loadKeypairFile(path)).rejects.toThrow('is the example file');
  });

  it.each([
    ['not JSON', 'hello', 'is not JSON'],
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
