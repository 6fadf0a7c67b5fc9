import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MarketError } from '../error.ts';
import { isExisting } from '../file-error.ts';
import { cutToBytes } from '../log-text.ts';
import type { FileClient } from './file-client.ts';
import { hashFile } from './hash-file.ts';
import { type RetryOptions, retrying } from './retrying.ts';
import { writeAll } from './write-all.ts';

export interface Download {
  /** Path on the marketplace. */
  path: string;
  /** Where the file shall be, and nothing may be; beside it is what has come so far. */
  target: string;
  /** Null takes what comes, up to `bytesMax`. */
  sha256: string | null;
  bytesMax: number;
  onBytes?(bytes: number): void;
}

const { COPYFILE_EXCL, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
/** Of its name, so that with what is added it can be one. */
const nameBytesMax = 200;

/**
 * Downloads a file of the marketplace and goes on where a connection broke. The file is at its place
 * only when it is whole and has the right sha256. Throws ARTIFACT_MISMATCH, EEXIST of the system where
 * something came to its place meanwhile, or what can't be mended.
 */
export async function downloadFile(
  client: FileClient,
  download: Download,
  options: RetryOptions,
): Promise<{ bytes: number; sha256: string }> {
  const partial = partialOf(download);
  const file = await open(partial, O_CREAT | O_NOFOLLOW | O_RDWR, 0o600);
  try {
    const state = { etag: null as string | null };
    if (download.sha256 !== null) state.etag = `"${download.sha256}"`;
    await retrying(() => fetchRest(client, download, file, state, options.signal), options);
    const found = await hashFile(file, options.signal);
    const wanted = download.sha256 ?? state.etag?.replaceAll('"', '') ?? null;
    if (wanted !== null && wanted !== found.sha256) {
      await rm(partial, { force: true });
      const detail = `What came has the sha256 ${found.sha256} and should have ${wanted}.`;
      throw new MarketError('ARTIFACT_MISMATCH', { detail });
    }
    await file.sync();
    await place(partial, download.target);
    return found;
  } finally {
    await file.close();
  }
}

/** A name that no file of a person has, another one for other bytes. */
function partialOf({ target, sha256 }: Download): string {
  const version = sha256 === null ? '' : `.${sha256.slice(0, 16)}`;
  const name = cutToBytes(basename(target), nameBytesMax);
  return join(dirname(target), `.${name}${version}.node3-part`);
}

/** Takes the place of nothing, as a rename would. */
async function place(partial: string, target: string): Promise<void> {
  try {
    await link(partial, target);
  } catch (error) {
    if (isExisting(error)) throw error;
    // Some file systems have no links.
    await copyFile(partial, target, COPYFILE_EXCL);
  }
  await rm(partial, { force: true });
}

async function fetchRest(
  client: FileClient,
  download: Download,
  file: FileHandle,
  state: { etag: string | null },
  signal: AbortSignal,
): Promise<void> {
  const { path, bytesMax } = download;
  let { size } = await file.stat();
  // Without a version to compare with, what came before may be of another file.
  if (state.etag === null) size = 0;
  const headers: Record<string, string> =
    size === 0 || state.etag === null ? {} : { range: `bytes=${size}-`, 'if-range': state.etag };
  const response = await client.get(path, headers, signal).catch((error: unknown) => {
    // Nothing is missing.
    if (error instanceof MarketError && error.code === 'RANGE_INVALID') return null;
    throw error;
  });
  if (response === null) return;
  let position = response.status === 206 ? size : 0;
  await file.truncate(position);
  state.etag = response.headers.get('etag');
  try {
    for await (const piece of response.body ?? []) {
      position += piece.byteLength;
      if (position > bytesMax) throw tooLarge(bytesMax);
      await writeAll(file, piece, position - piece.byteLength);
      download.onBytes?.(position);
    }
  } catch (cause) {
    if (cause instanceof MarketError || isFileError(cause)) throw cause;
    const detail = 'The connection broke in the middle of a file.';
    throw new MarketError('MARKETPLACE_UNREACHABLE', { detail }, { cause });
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'write';
}

function tooLarge(bytesMax: number): MarketError {
  return new MarketError('REQUEST_TOO_LARGE', {
    detail: `The file has more than ${bytesMax} bytes.`,
  });
}
