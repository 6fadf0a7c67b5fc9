import type { FileHandle } from 'node:fs/promises';
import { MarketError } from '../error.ts';
import type { ArtifactView, UploadView } from '../routes/artifacts.ts';
import { type RetryOptions, retrying } from './retrying.ts';

/** Where a file goes: a requester's uploads, or those of an execution. */
export interface UploadTarget {
  /** Once more it tells what has come already. */
  begin(): Promise<UploadView>;
  putPart(upload: UploadView, offset: number, bytes: Uint8Array): Promise<void>;
  complete(upload: UploadView): Promise<ArtifactView>;
}

export interface UploadOptions extends RetryOptions {
  /** Parts on their way at a time; each is in memory. */
  parallel?: number;
  onProgress?(bytesDone: number, bytesTotal: number): void;
}

/**
 * Uploads a file, or what is missing of it. Each step is repeated where that may mend it. Throws the
 * error of a step that nothing mends, or the reason of the signal.
 */
export async function uploadFile(
  target: UploadTarget,
  file: FileHandle,
  options: UploadOptions,
): Promise<ArtifactView> {
  const upload = await retrying(() => target.begin(), options);
  if (upload.state === 'open') await sendMissing(target, upload, file, options);
  return retrying(() => target.complete(upload), options);
}

async function sendMissing(
  target: UploadTarget,
  upload: UploadView,
  file: FileHandle,
  options: UploadOptions,
): Promise<void> {
  const { bytes, partBytes, received } = upload;
  const missing: number[] = [];
  for (let offset = 0; offset < bytes; offset += partBytes) {
    if (!received.some(({ start, end }) => start <= offset && offset < end)) missing.push(offset);
  }
  let done = received.reduce((sum, { start, end }) => sum + end - start, 0);
  options.onProgress?.(done, bytes);
  async function work() {
    for (let offset = missing.shift(); offset !== undefined; offset = missing.shift()) {
      const at = offset;
      const part = await readPart(file, at, Math.min(partBytes, bytes - at));
      await retrying(() => target.putPart(upload, at, part), options);
      done += part.byteLength;
      options.onProgress?.(done, bytes);
    }
  }
  const workers = Array.from({ length: Math.min(options.parallel ?? 3, missing.length) }, work);
  const ends = await Promise.allSettled(workers);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function readPart(file: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const part = Buffer.allocUnsafe(bytes);
  for (let have = 0; have < bytes; ) {
    const { bytesRead } = await file.read(part, have, bytes - have, offset + have);
    if (bytesRead === 0) {
      throw new MarketError('ARTIFACT_MISMATCH', { detail: 'The file became shorter meanwhile.' });
    }
    have += bytesRead;
  }
  return part;
}
