import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { downloadFile } from './download-file.ts';
import type { FileClient } from './file-client.ts';

it('takes the place of no file that appeared meanwhile', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'node3-download-'));
  const target = join(folder, 'm.bin');
  const client: FileClient = {
    async get() {
      await writeFile(target, 'mine');
      return new Response('theirs');
    },
    putPart: () => Promise.reject(new Error('nothing is sent')),
  };
  const { signal } = new AbortController();
  const wanted = { path: '/x', target, sha256: null, bytesMax: 100 };
  await expect(downloadFile(client, wanted, { signal })).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(target, 'utf8')).toBe('mine');
  await rm(target);
  const other = { ...client, get: () => Promise.resolve(new Response('theirs')) };
  await downloadFile(other, wanted, { signal });
  expect(await readdir(folder)).toEqual(['m.bin']);
  await rm(folder, { recursive: true });
});
