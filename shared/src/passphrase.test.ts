import { chmod, chown, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { passphraseFrom, readPassphraseSource } from './passphrase.ts';

const variable = 'WALLET_PASSPHRASE_FILE';
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-passphrase-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileWith(content: string, mode = 0o600): Promise<string> {
  const path = join(folder, 'passphrase');
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

const read = (path: string, env: Record<string, string> = {}) =>
  passphraseFrom(readPassphraseSource({ [variable]: path, ...env }, variable))('wallet.json');

describe('the passphrase of a wallet', () => {
  it.each([
    ['five words at random', 'five words at random'],
    ['with a line break\n', 'with a line break'],
    ['from Windows\r\n', 'from Windows'],
    [' blanks count \n', ' blanks count '],
    ['two\nlines\n', 'two\nlines'],
  ])('is what %j holds, without its last line break', async (content, expected) => {
    expect((await read(await fileWith(content))).toString()).toBe(expected);
  });

  it('is refused as a variable, whose value others can read', () => {
    expect(() => readPassphraseSource({ WALLET_PASSPHRASE: 'secret' }, variable)).toThrow(
      'WALLET_PASSPHRASE holds a passphrase, which others could read there.',
    );
  });

  it('says what to set when the wallet is encrypted and nothing is set', async () => {
    const ask = passphraseFrom(readPassphraseSource({}, variable));
    await expect(ask('wallet.json')).rejects.toThrow(
      'wallet.json is encrypted. Put its passphrase into a file with mode 0600 and name that file in WALLET_PASSPHRASE_FILE.',
    );
  });

  it('is refused when it is empty, too long, readable by others, a link, or not there', async () => {
    await expect(read(await fileWith('\n'))).rejects.toThrow('1 to 1024 bytes');
    await expect(read(await fileWith('x'.repeat(1025)))).rejects.toThrow('1 to 1024 bytes');
    await expect(read(await fileWith('secret', 0o640))).rejects.toThrow('chmod 600');
    await symlink(await fileWith('secret'), join(folder, 'link'));
    await expect(read(join(folder, 'link'))).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(read(join(folder, 'nothing'))).rejects.toThrow('does not exist');
  });

  it('may be a credential of systemd, shown to the group of its access list', async () => {
    const path = await fileWith('secret', 0o440);
    const env = { CREDENTIALS_DIRECTORY: folder };
    expect((await read(path, env)).toString()).toBe('secret');
    await expect(read(path, { CREDENTIALS_DIRECTORY: '/run/credentials' })).rejects.toThrow(
      'chmod 600',
    );
    await chmod(path, 0o444);
    await expect(read(path, env)).rejects.toThrow('can be read by others');
  });

  it.runIf(process.getuid?.() === 0)('is refused when it belongs to somebody else', async () => {
    const path = await fileWith('secret');
    await chown(path, 65_534, 65_534);
    await expect(read(path)).rejects.toThrow('belongs to another user');
  });
});
