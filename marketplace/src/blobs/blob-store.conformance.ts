import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobPart, BlobStore, ByteRange } from './blob-store.ts';

export interface BlobsUnderTest {
  blobs: BlobStore;
  /** The same data, opened as by another process. */
  reopen(): Promise<BlobStore>;
  dispose(): Promise<void>;
}

/** What S3 takes as a part that is not the last. */
const partBytes = 5 * 1024 * 1024;

/** Bytes of which no two parts are the same. */
function content(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 4) buffer.writeUInt32LE(at >>> 2, Math.min(at, bytes - 4));
  return buffer;
}

async function* pieces(bytes: Buffer, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(blobs: BlobStore, key: string, range: ByteRange): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const piece of await blobs.read(key, range)) found.push(piece);
  return Buffer.concat(found);
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** What every place for blobs must do. */
export function describeBlobs(name: string, open: () => Promise<BlobsUnderTest>): void {
  describe(`${name} is a BlobStore`, () => {
    let tested: BlobsUnderTest;
    beforeEach(async () => {
      tested = await open();
    });
    afterEach(() => tested.dispose());

    const bytes = content(2 * partBytes + 1_000);
    const parts: BlobPart[] = [
      { number: 1, offset: 0, bytes: partBytes },
      { number: 2, offset: partBytes, bytes: partBytes },
      { number: 3, offset: 2 * partBytes, bytes: 1_000 },
    ];
    const half: BlobPart = { number: 1, offset: 0, bytes: 1_000 };
    const bodyOf = ({ offset, bytes: length }: BlobPart) =>
      pieces(bytes.subarray(offset, offset + length));

    it('makes one blob of parts that came in any order, some twice, over a restart', async () => {
      const key = 'art_1';
      const handle = { key, upload: await tested.blobs.begin(key) };
      const tags = new Map<number, string>();
      const keep = async (part: BlobPart | undefined) => {
        if (part === undefined) throw new Error('no such part');
        tags.set(part.number, await tested.blobs.writePart(handle, part, bodyOf(part)));
      };
      await keep(parts[2]);
      await keep(parts[0]);
      tested.blobs = await tested.reopen();
      await keep(parts[0]);
      await keep(parts[1]);
      const kept = parts.map((part) => ({ ...part, tag: tags.get(part.number) ?? '' }));
      await tested.blobs.complete(handle, kept);
      await tested.blobs.complete(handle, kept);
      tested.blobs = await tested.reopen();
      const whole = await readAll(tested.blobs, key, { start: 0, end: bytes.length });
      expect(sha256(whole)).toBe(sha256(bytes));
      expect(await tested.blobs.sha256(key, bytes.length)).toBe(sha256(bytes));
    }, 60_000);

    it('keeps a part while many others have stopped in the middle', async () => {
      const stopped = Promise.withResolvers<void>();
      async function* stopping(): AsyncGenerator<Uint8Array> {
        yield content(500);
        await stopped.promise;
        yield content(500);
      }
      const handle = { key: 'art_8', upload: await tested.blobs.begin('art_8') };
      const slow = Array.from({ length: 16 }, (_, index) =>
        tested.blobs.writePart(handle, { ...half, number: index + 2 }, stopping()),
      );
      const tag = await tested.blobs.writePart(handle, half, pieces(content(1_000)));
      expect(typeof tag).toBe('string');
      stopped.resolve();
      await Promise.all(slow);
      await tested.blobs.abort(handle);
    });

    it('reads ranges, to the very ends', async () => {
      const key = 'art_2';
      const handle = { key, upload: await tested.blobs.begin(key) };
      const small = content(1_000);
      const part = { number: 1, offset: 0, bytes: 1_000 };
      const tag = await tested.blobs.writePart(handle, part, pieces(small, 7));
      await tested.blobs.complete(handle, [{ ...part, tag }]);
      for (const [start, end] of [
        [0, 1],
        [999, 1_000],
        [10, 20],
        [0, 1_000],
        [5, 5],
      ] as const) {
        const found = await readAll(tested.blobs, key, { start, end });
        expect(found.equals(small.subarray(start, end))).toBe(true);
      }
    });

    it('keeps a blob without bytes', async () => {
      const key = 'art_3';
      const handle = { key, upload: await tested.blobs.begin(key) };
      await tested.blobs.complete(handle, []);
      expect(await readAll(tested.blobs, key, { start: 0, end: 0 })).toHaveLength(0);
    });

    it('refuses a part that is longer or shorter than it says', async () => {
      const key = 'art_4';
      const handle = { key, upload: await tested.blobs.begin(key) };
      const part = { number: 1, offset: 0, bytes: 100 };
      for (const length of [99, 101]) {
        const written = tested.blobs.writePart(handle, part, pieces(content(length)));
        await expect(written).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      }
    });

    it('is not troubled by a body that breaks off', async () => {
      const key = 'art_5';
      const handle = { key, upload: await tested.blobs.begin(key) };
      const part = { number: 1, offset: 0, bytes: 1_000 };
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield content(500);
        throw new Error('connection lost');
      }
      await expect(tested.blobs.writePart(handle, part, broken())).rejects.toThrow('lost');
      const tag = await tested.blobs.writePart(handle, part, pieces(content(1_000)));
      await tested.blobs.complete(handle, [{ ...part, tag }]);
      const found = await readAll(tested.blobs, key, { start: 0, end: 1_000 });
      expect(found.equals(content(1_000))).toBe(true);
    });

    it('forgets what is aborted or deleted, and does not mind doing it again', async () => {
      const part = { number: 1, offset: 0, bytes: 10 };
      const gone = { key: 'art_6', upload: await tested.blobs.begin('art_6') };
      await tested.blobs.abort(gone);
      await tested.blobs.abort(gone);
      const late = tested.blobs.writePart(gone, part, pieces(content(10)));
      await expect(late).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
      const whole = { key: 'art_7', upload: await tested.blobs.begin('art_7') };
      const tag = await tested.blobs.writePart(whole, part, pieces(content(10)));
      await tested.blobs.complete(whole, [{ ...part, tag }]);
      await tested.blobs.delete('art_7');
      await tested.blobs.delete('art_7');
      const read = readAll(tested.blobs, 'art_7', { start: 0, end: 10 });
      await expect(read).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
      const hashed = tested.blobs.sha256('art_7', 10);
      await expect(hashed).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
      const completed = tested.blobs.complete(whole, [{ ...part, tag }]);
      await expect(completed).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    });
  });
}
