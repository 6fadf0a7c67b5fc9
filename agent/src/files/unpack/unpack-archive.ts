import { mkdir, open } from 'node:fs/promises';
import { unpackTar } from './unpack-tar.ts';
import {
  ArchiveError,
  type UnpackLimits,
  UnpackTarget,
  usualUnpackLimits,
} from './unpack-target.ts';
import { unpackZip } from './unpack-zip.ts';

/**
 * Unpacks a tar, tar.gz or zip file, whichever it is by its first bytes, into a new folder. Throws
 * ArchiveError; what it had unpacked by then stays for the caller to remove.
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  limits: Pick<UnpackLimits, 'bytesMax'> & Partial<UnpackLimits>,
): Promise<void> {
  await mkdir(folder, { mode: 0o755 });
  const target = new UnpackTarget(folder, { ...usualUnpackLimits, ...limits });
  const kind = await kindOf(archive);
  if (kind === 'zip') return unpackZip(archive, target);
  return unpackTar(archive, kind === 'gzip' ? 'gzip' : 'none', target);
}

async function kindOf(path: string): Promise<'zip' | 'gzip' | 'tar'> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(512);
    const { bytesRead } = await file.read(head, 0, 512, 0);
    if (head.readUInt32BE(0) === 0x504b0304 || head.readUInt32BE(0) === 0x504b0506) return 'zip';
    if (head.readUInt16BE(0) === 0x1f8b) return 'gzip';
    const isTar = bytesRead === 512 && head.subarray(257, 262).toString('latin1') === 'ustar';
    if (isTar) return 'tar';
    throw new ArchiveError('is no tar, tar.gz or zip file');
  } finally {
    await file.close();
  }
}
