import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKeyring } from './secret-keys-file.ts';
import { openDataKeys } from './services/secret-keyring.ts';
import { createSecretSealer } from './services/secret-sealer.ts';
import type { DataKeyRow } from './store/data-key-store.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-keyring-'));
  path = join(folder, 'secret-keys');
});
afterEach(() => rm(folder, { recursive: true }));

const line = (id: string) => `${id} ${randomBytes(32).toString('base64')}\n`;
const write = (text: string) => writeFile(path, text, { mode: 0o600 });

describe('the file of keys', () => {
  it('is made once where that is wanted, and refused where it is missing', async () => {
    await expect(loadKeyring(path, 'refuse')).rejects.toThrow('which is not there');
    const made = await loadKeyring(path, 'create');
    expect(made.currentId).toBe('k1');
    expect(await loadKeyring(path, 'refuse')).toEqual(made);
  });

  it.each([
    ['', 'has no key in it'],
    ['# none\n', 'has no key in it'],
    ['k1 c2hvcnQ=\n', 'wrong line 1'],
    [`k1 ${Buffer.alloc(32).toString('base64')}\n`, 'not random'],
    ['k1\n', 'wrong line 1'],
  ])('is refused with %j in it', async (text, problem) => {
    await write(text);
    await expect(loadKeyring(path, 'create')).rejects.toThrow(problem);
  });

  it('is refused with one id twice, and when others can read it', async () => {
    await write(line('k1') + line('k1'));
    await expect(loadKeyring(path, 'create')).rejects.toThrow('two keys with one id');
    await rm(path);
    await writeFile(path, line('k1'), { mode: 0o644 });
    await expect(loadKeyring(path, 'create')).rejects.toThrow('others can read');
  });
});

/** A store in memory. */
function openStore() {
  const rows: DataKeyRow[] = [];
  return {
    rows,
    dataKeys: async () => rows.map((row) => ({ ...row })),
    async addDataKey(row: DataKeyRow) {
      rows.push(row);
    },
    async rewrapDataKey(keyId: string, wrapping: Pick<DataKeyRow, 'wrapped' | 'wrappedBy'>) {
      Object.assign(rows.find((row) => row.keyId === keyId) ?? {}, wrapping);
    },
  };
}

describe('a new key', () => {
  it('opens what the old one protected, which is then needed no more', async () => {
    const store = openStore();
    const deps = { store, clock: new ManualClock(), log: silentLogger };
    const [old, next] = [line('old'), line('next')];
    const open = async (text: string) => {
      await write(text);
      return createSecretSealer('x', await openDataKeys(deps, await loadKeyring(path, 'refuse')));
    };
    const sealed = (await open(old)).seal('a', 'hunter22');
    await expect(open(next)).rejects.toThrow('need the key "old"');
    const rotated = await open(next + old);
    expect(rotated.open('a', sealed)).toBe('hunter22');
    expect(rotated.seal('a', 'x').split('.')[1]).toBe('d-next');
    expect(store.rows.map(({ wrappedBy }) => wrappedBy)).toEqual(['next', 'next']);
    expect((await open(next)).open('a', sealed)).toBe('hunter22');
    await expect(open(line('next'))).rejects.toThrow('another one than the store');
  });
});
