import { stat } from 'node:fs/promises';
import type { Entry, ZipFile } from 'yauzl';
import { ArchiveError, type UnpackTarget } from './unpack-target.ts';

const fileTypes = 0o170000;
const plainFile = 0o100000;
const folder = 0o040000;

/** Unpacks a zip file. Throws ArchiveError. */
export async function unpackZip(archive: string, target: UnpackTarget): Promise<void> {
  const { size } = await stat(archive);
  // It is read from its end, entry by entry: all of it counts.
  target.packedBytes = () => size;
  // Few jobs have one: an idle agent does without the library.
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(archive, { lazyEntries: true, strictFileNames: true }).catch(
    (error: unknown) => {
      throw unreadable(error);
    },
  );
  try {
    for await (const entry of zip.eachEntry()) await unpackEntry(zip, entry, target);
  } catch (error) {
    throw isOurs(error) ? error : unreadable(error);
  } finally {
    zip.close();
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, target: UnpackTarget): Promise<void> {
  const name = entry.fileName;
  const type = (entry.externalFileAttributes >>> 16) & fileTypes;
  if (entry.isEncrypted()) throw target.refuse(name, 'is encrypted');
  if (name.endsWith('/')) {
    if (type !== 0 && type !== folder) throw target.refuse(name, 'is no folder');
    await target.addFolder(name);
    return;
  }
  if (type !== 0 && type !== plainFile) throw target.refuse(name, 'is no plain file');
  const content = await zip.openReadStreamPromise(entry);
  // It may go wrong when nobody reads it any more, and is wrong only once.
  content.on('error', () => undefined);
  await target.addFile(name, entry.uncompressedSize, content);
}

function isOurs(error: unknown): boolean {
  return error instanceof ArchiveError || (error instanceof Error && 'syscall' in error);
}

function unreadable(error: unknown): ArchiveError {
  const why = error instanceof Error ? error.message : String(error);
  return new ArchiveError(`can not be read: ${why}`, { cause: error });
}
