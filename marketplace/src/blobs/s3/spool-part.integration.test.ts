import { mustSkip } from '@node3/shared/testing/resources';
import { mountProbe, mountSmallDisk } from '@node3/shared/testing/small-disk';
import { describe, expect, it } from 'vitest';
import { spoolPart } from './spool-part.ts';

describe.skipIf(mustSkip(mountProbe))('a part on its way to an object store', () => {
  it('finds no room on a full disk, and may be sent again', async () => {
    const disk = await mountSmallDisk(1);
    try {
      const bytes = Buffer.alloc(64 * 1024, 'x');
      disk.fill(4_096);
      await expect(spoolPart(disk.path, piecesOf(bytes))).rejects.toMatchObject({
        code: 'STORAGE_FULL',
      });
      await disk.empty();
      const part = await spoolPart(disk.path, piecesOf(bytes));
      expect(await part.read()).toEqual(bytes);
      await part.remove();
    } finally {
      await disk.remove();
    }
  });
});

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
