import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '@node3/shared/assert';
import { writeAll } from '@node3/shared/files/write-all';
import { withRoom } from '../with-room.ts';

export interface SpooledPart {
  /** All of it, in memory. */
  read(): Promise<Buffer>;
  remove(): Promise<void>;
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

/** Takes a part to disk, as slowly as it comes. Its file has no name, so it goes with the process. */
export async function spoolPart(
  folder: string,
  body: AsyncIterable<Uint8Array>,
): Promise<SpooledPart> {
  const path = join(folder, randomUUID());
  const file = await withRoom(open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR, 0o600));
  let bytes = 0;
  try {
    await rm(path);
    for await (const piece of body) {
      await withRoom(writeAll(file, piece, bytes));
      bytes += piece.byteLength;
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    async read() {
      const part = Buffer.allocUnsafe(bytes);
      for (let have = 0; have < bytes; ) {
        const { bytesRead } = await file.read(part, have, bytes - have, have);
        assert(bytesRead > 0, 'a part is as long as what was written of it');
        have += bytesRead;
      }
      return part;
    },
    remove: () => file.close(),
  };
}
