import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKeypairFile } from '@node3/shared/keypair-file';
import { createKeypairFile } from '@node3/shared/write-keypair-file';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

const good = 'five words taken at random';
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-wallet-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(argv: string[], secrets: string[] = []) {
  const host = new TestHost({
    argv: ['wallet', ...argv, '--config', join(folder, 'config.json')],
    cwd: folder,
    secrets,
  });
  return { code: await runCli(host), host };
}

describe('wallet encrypt and decrypt', () => {
  it('change the file in its place and keep the key', async () => {
    const { address } = await createKeypairFile(join(folder, 'wallet.json'));
    expect(await run(['encrypt', 'wallet.json'], [good, good])).toMatchObject({ code: 0 });
    expect(JSON.parse(await readFile(join(folder, 'wallet.json'), 'utf8'))).toMatchObject({
      v: 1,
      pubkey: address,
    });
    expect((await stat(join(folder, 'wallet.json'))).mode & 0o777).toBe(0o600);
    const shown = await run(['show', '--wallet', 'wallet.json']);
    expect(shown.host.out).toBe(`${address}\n`);
    expect(await run(['decrypt', 'wallet.json'], [good])).toMatchObject({ code: 0 });
    expect((await loadKeypairFile(join(folder, 'wallet.json'))).address).toBe(address);
    expect(await readdir(folder)).toEqual(['wallet.json']);
  });

  it('write beside the old file with --out, never over another one', async () => {
    await createKeypairFile(join(folder, 'wallet.json'));
    const plain = await readFile(join(folder, 'wallet.json'), 'utf8');
    const args = ['encrypt', 'wallet.json', '--out', 'sealed.json'];
    expect(await run(args, [good, good])).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'wallet.json'), 'utf8')).toBe(plain);
    const sealed = await readFile(join(folder, 'sealed.json'), 'utf8');
    const again = await run(args, [good, good]);
    expect(again.code).not.toBe(0);
    expect(again.host.err).toContain('sealed.json exists already');
    expect(await readFile(join(folder, 'sealed.json'), 'utf8')).toBe(sealed);
  });

  it.each([
    ['differ', [good, `${good}!`], 'differ'],
    ['are short', ['short', 'short'], 'shorter than 10'],
  ])('change nothing when the passphrases %s', async (_name, secrets, message) => {
    await createKeypairFile(join(folder, 'wallet.json'));
    const before = await readFile(join(folder, 'wallet.json'), 'utf8');
    const { code, host } = await run(['encrypt', 'wallet.json'], secrets);
    expect(code).not.toBe(0);
    expect(host.err).toContain(message);
    expect(await readFile(join(folder, 'wallet.json'), 'utf8')).toBe(before);
  });

  it('[P99] leave the file as it is when the passphrase is wrong', async () => {
    expect(await run(['new', 'wallet.json', '--encrypted'], [good, good])).toMatchObject({
      code: 0,
    });
    const before = await readFile(join(folder, 'wallet.json'), 'utf8');
    const { code, host } = await run(['decrypt', 'wallet.json'], ['another one entirely']);
    expect(code).not.toBe(0);
    expect(host.err).toContain('the passphrase is wrong, or the file was changed');
    expect(await readFile(join(folder, 'wallet.json'), 'utf8')).toBe(before);
  });

  it('say when there is nothing to do', async () => {
    await createKeypairFile(join(folder, 'wallet.json'));
    const { host } = await run(['decrypt', 'wallet.json']);
    expect(host.err).toContain('is not encrypted');
    await run(['encrypt', 'wallet.json'], [good, good]);
    const again = await run(['encrypt', 'wallet.json'], [good, good]);
    expect(again.host.err).toContain('is encrypted already');
  });
});
