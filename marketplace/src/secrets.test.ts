import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSecrets } from './secrets.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the lease secret', () => {
  it('is made once, for its owner only', async () => {
    const first = await loadSecrets(folder);
    expect(first.leaseSecret).toMatch(/^[\w-]{43}$/);
    expect(await loadSecrets(folder)).toEqual(first);
    expect((await stat(join(folder, 'lease-secret'))).mode & 0o777).toBe(0o600);
  });

  it.each(['', '\n', 'abc'])('is made anew where a crash left %j of it', async (text) => {
    const path = join(folder, 'lease-secret');
    await writeFile(path, text, { mode: 0o600 });
    const { leaseSecret } = await loadSecrets(folder);
    expect(leaseSecret).toMatch(/^[\w-]{43}$/);
    expect((await readFile(path, 'utf8')).trim()).toBe(leaseSecret);
  });
});
