import type { FileHandle } from 'node:fs/promises';

/** Writes all of a piece at a place of a file: one write may take only a part. */
export async function writeAll(
  file: FileHandle,
  piece: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < piece.byteLength; ) {
    const { bytesWritten } = await file.write(
      piece,
      done,
      piece.byteLength - done,
      position + done,
    );
    done += bytesWritten;
  }
}
