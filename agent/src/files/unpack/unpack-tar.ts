import { createReadStream } from 'node:fs';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import { ArchiveError, type UnpackTarget } from './unpack-target.ts';

/** Unpacks a tar file, packed with gzip or not. Throws ArchiveError. */
export async function unpackTar(
  archive: string,
  packing: 'gzip' | 'none',
  target: UnpackTarget,
): Promise<void> {
  const source = createReadStream(archive);
  target.packedBytes = () => source.bytesRead;
  await unpackTarStream(source, packing === 'gzip' ? createGunzip() : null, target, 'refuse');
}

/** The same from a stream. `skip` leaves out what is neither a file nor a folder. */
export async function unpackTarStream(
  source: Readable,
  unpacker: Transform | null,
  target: UnpackTarget,
  others: 'refuse' | 'skip',
): Promise<void> {
  const extract = tar.extract();
  let failure: Error | null = null;
  const keep = (error: Error | null | undefined) => {
    failure ??= error ?? null;
  };
  if (unpacker === null) pipeline(source, extract, keep);
  else pipeline(source, unpacker, extract, keep);
  try {
    for await (const entry of extract) {
      const { name, type, size } = entry.header;
      if (type === 'file' || type === 'contiguous-file') {
        await target.addFile(name, size ?? null, entry as AsyncIterable<Uint8Array>);
        continue;
      }
      entry.resume();
      if (type === 'directory') await target.addFolder(name);
      else if (others === 'refuse') throw target.refuse(name, `is a ${type} and no file`);
    }
    if (failure !== null) throw failure;
  } catch (error) {
    // What we refuse breaks the streams off, which is no reason of its own.
    throw readable(error instanceof ArchiveError ? error : (failure ?? error));
  } finally {
    source.destroy();
    extract.destroy();
  }
}

/** Errors of the file system are ours; all others say that it is no such archive. */
function readable(error: unknown): unknown {
  const isOurs = error instanceof Error && ('syscall' in error || error instanceof ArchiveError);
  if (isOurs) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new ArchiveError(`can not be read: ${why}`, { cause: error });
}
