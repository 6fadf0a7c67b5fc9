import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureKeypairFile, loadKeypairFile, readKeypairAddress } from './keypair-file.ts';
import { openSecret, parseKeystore, sealSecret } from './keystore.ts';
import { walletKeyFromSecret } from './wallet-key.ts';
import { createEncryptedKeypairFile } from './write-keypair-file.ts';

const passphrase = Buffer.from('correct horse battery');
const ask = (text: string) => async () => Buffer.from(text);
/** The cheapest that is accepted, so that many files can be opened. */
const cheap = { n: 16_384, r: 8, p: 1 };

function newSecret(): Buffer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  return Buffer.concat([seed, publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)]);
}

const secret = newSecret();
const { address } = walletKeyFromSecret(secret);
let folder = '';
let text = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-keystore-'));
  text = `${JSON.stringify(await sealSecret(secret, passphrase, cheap))}\n`;
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(content: string | Buffer): Promise<string> {
  const path = join(folder, 'wallet.json');
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

describe('an encrypted wallet', () => {
  it('[7.26] has the documented form, and gives back the same key', async () => {
    const path = join(folder, 'new.json');
    const created = await createEncryptedKeypairFile(path, passphrase);
    const stored = JSON.parse(await readFile(path, 'utf8')) as object;
    expect(stored).toMatchObject({
      v: 1,
      pubkey: created.address,
      kdf: 'scrypt',
      n: 131_072,
      r: 8,
      p: 1,
      cipher: 'aes-256-gcm',
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const loaded = await ensureKeypairFile(path, ask('correct horse battery'));
    expect(loaded.address).toBe(created.address);
  });

  it('shows its address without the passphrase', async () => {
    const path = await fileWith(text);
    expect(await readKeypairAddress(path)).toEqual({ address, protection: 'encrypted' });
    await expect(loadKeypairFile(path)).rejects.toThrow('is encrypted');
  });

  it('[P99] is refused with a wrong passphrase', async () => {
    const path = await fileWith(text);
    for (const wrong of ['correct horse batterz', '', 'Correct horse battery']) {
      await expect(loadKeypairFile(path, ask(wrong))).rejects.toThrow(
        `${path} can't be opened: the passphrase is wrong, or the file was changed.`,
      );
    }
  });

  it('[P99] is refused after a change of any byte', { timeout: 60_000 }, async () => {
    const bytes = Buffer.from(text);
    let opened = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] ?? 0) ^ 1;
      const path = await fileWith(changed);
      const readable = await readKeypairAddress(path).then(
        () => true,
        () => false,
      );
      // Opening costs 16 MiB and some time: of those that still look well, every fifth is tried.
      if (!readable || at % 5 !== 0) continue;
      opened += 1;
      await expect(loadKeypairFile(path, ask(passphrase.toString()))).rejects.toThrow(
        'the passphrase is wrong, or the file was changed',
      );
    }
    expect(opened).toBeGreaterThan(20);
  });

  it('can be shown under no other address', async () => {
    const other = walletKeyFromSecret(newSecret()).address;
    const keystore = { ...parseKeystore(JSON.parse(text) as object), pubkey: other };
    await expect(openSecret(keystore, passphrase)).rejects.toThrow('the file was changed');
  });

  const hostile: [string, object][] = [
    ['takes all memory', { n: 2 ** 30 }],
    ['takes more memory by its blocks', { r: 1024 }],
    ['takes all time', { p: 1_000_000 }],
    ['costs next to nothing', { n: 2 }],
    ['has no power of two', { n: 131_073 }],
    ['has a cost in words', { n: '131072' }],
    ['has a fraction', { p: 1.5 }],
    ['comes from the future', { v: 2 }],
    ['has another cipher', { cipher: 'aes-256-cbc' }],
    ['has another derivation', { kdf: 'pbkdf2' }],
    ['has a short tag', { tag: Buffer.alloc(4).toString('base64') }],
    ['has a long secret', { ct: Buffer.alloc(65).toString('base64') }],
    [
      'spells a byte in another way',
      { salt: `${Buffer.alloc(32).toString('base64').slice(0, -2)}B=` },
    ],
    ['has more fields', { note: 'hello' }],
    ['lacks its address', { pubkey: undefined }],
  ];
  it.each(hostile)('is refused before anything is derived when it %s', async (_name, change) => {
    const path = await fileWith(JSON.stringify({ ...(JSON.parse(text) as object), ...change }));
    let asked = 0;
    const counting = async () => {
      asked += 1;
      return Buffer.from(passphrase);
    };
    await expect(loadKeypairFile(path, counting)).rejects.toThrow(
      'is no keystore that can be used',
    );
    expect(asked).toBe(0);
  });

  it('erases the passphrase after use', async () => {
    const given = Buffer.from(passphrase);
    await loadKeypairFile(await fileWith(text), async () => given);
    expect(given.every((byte) => byte === 0)).toBe(true);
  });

  it('is refused when others can read it, like any wallet', async () => {
    const path = await fileWith(text);
    await chmod(path, 0o644);
    await expect(readKeypairAddress(path)).rejects.toThrow(`chmod 600 ${path}`);
    await chmod(path, 0o600);
  });
});
