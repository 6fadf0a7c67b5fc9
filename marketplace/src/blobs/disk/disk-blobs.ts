import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { isNotFound } from '@node3/shared/file-error';
import { hashFile } from '@node3/shared/files/hash-file';
import { writeAll } from '@node3/shared/files/write-all';
import type { BlobStore } from '../blob-store.ts';
import { exactLength } from '../exact-length.ts';
import { withRoom } from '../with-room.ts';

/** Each reader has one in memory, and what the garbage collector has not found yet. */
const readBytes = 64 * 1024;
const { O_CREAT, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/**
 * Blobs in a folder of this machine. A blob that is being uploaded is one file with holes, in which
 * each part has its place; when it is complete the file moves to where blobs are read.
 */
export async function openDiskBlobs(folder: string): Promise<BlobStore> {
  const paths = blobPaths(folder);
  await mkdir(paths.uploads, { recursive: true, mode: 0o700 });
  await mkdir(paths.blobs, { recursive: true, mode: 0o700 });
  return {
    kind: 'disk',
    async begin(key) {
      const path = paths.upload(key);
      // One that was begun and never noted, because the database was full for example, begins again.
      const file = await withRoom(open(path, O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600));
      await file.close();
      await syncFolder(paths.uploads);
      return 'file';
    },
    async writePart({ key }, { offset, bytes }, body) {
      const file = await openKnown(paths.upload(key), O_WRONLY | O_NOFOLLOW, key);
      try {
        let position = offset;
        for await (const piece of exactLength(body, bytes)) {
          await withRoom(writeAll(file, piece, position));
          position += piece.byteLength;
        }
        await withRoom(file.datasync());
      } finally {
        await file.close();
      }
      return '';
    },
    async complete({ key }) {
      const target = paths.blob(key);
      await withRoom(mkdir(dirname(target), { recursive: true, mode: 0o700 }));
      try {
        await rename(paths.upload(key), target);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        // An earlier call has moved it, or there is none.
        const file = await openKnown(target, O_RDONLY | O_NOFOLLOW, key);
        await file.close();
      }
      for (const each of [dirname(target), paths.blobs, paths.uploads]) await syncFolder(each);
    },
    async abort({ key }) {
      await rm(paths.upload(key), { force: true });
    },
    async read(key, range) {
      const file = await openKnown(paths.blob(key), O_RDONLY | O_NOFOLLOW, key);
      const bytes = Readable.from(readRange(file, range), { objectMode: false });
      // Also when nobody begins to read.
      bytes.once('close', () => void file.close());
      return bytes;
    },
    async sha256(key, bytes) {
      const file = await openKnown(paths.blob(key), O_RDONLY | O_NOFOLLOW, key);
      try {
        const found = await hashFile(file);
        assert(found.bytes === bytes, 'a blob is as long as its artifact says');
        return found.sha256;
      } finally {
        await file.close();
      }
    },
    async delete(key) {
      await rm(paths.blob(key), { force: true });
      await rm(paths.upload(key), { force: true });
    },
  };
}

function blobPaths(folder: string) {
  const uploads = join(folder, 'uploads');
  const blobs = join(folder, 'blobs');
  const checked = (key: string) => {
    assert(/^[A-Za-z0-9_]{4,64}$/.test(key), 'a key of a blob can be a file name');
    return key;
  };
  return {
    uploads,
    blobs,
    upload: (key: string) => join(uploads, checked(key)),
    // A folder with a million files is slow to list; the end of an id is random.
    blob: (key: string) => join(blobs, checked(key).slice(-2), key),
  };
}

async function openKnown(path: string, flags: number, key: string): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    if (isNotFound(error)) throw new MarketError('ARTIFACT_NOT_FOUND', { artifactId: key });
    throw error;
  }
}

async function* readRange(
  file: FileHandle,
  { start, end }: { start: number; end: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let position = start; position < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, end - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, position);
    assert(bytesRead > 0, 'a blob is as long as its artifact says');
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
