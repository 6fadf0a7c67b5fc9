import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeBlobs } from '../blob-store.conformance.ts';
import { openDiskBlobs } from './disk-blobs.ts';

describeBlobs('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'node3-blobs-'));
  return {
    blobs: await openDiskBlobs(folder),
    reopen: () => openDiskBlobs(folder),
    dispose: () => rm(folder, { recursive: true }),
  };
});

it('takes no key that is a path, and follows no link', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'node3-blobs-'));
  const blobs = await openDiskBlobs(folder);
  await expect(blobs.begin('../../etc/passwd')).rejects.toThrow('file name');
  await expect(blobs.read('a/b', { start: 0, end: 1 })).rejects.toThrow('file name');
  await symlink('/etc/passwd', join(folder, 'uploads', 'art_1'));
  const part = { number: 1, offset: 0, bytes: 1 };
  const written = blobs.writePart({ key: 'art_1', upload: 'file' }, part, bytes());
  await expect(written).rejects.toMatchObject({ code: 'ELOOP' });
  await expect(blobs.begin('art_1')).rejects.toMatchObject({ code: 'ELOOP' });
  expect(await readdir(join(folder, 'blobs'))).toEqual([]);
  await rm(folder, { recursive: true });
});

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('x');
}
