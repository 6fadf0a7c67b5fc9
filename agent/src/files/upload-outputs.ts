import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { extname } from 'node:path';
import { MarketError } from '@node3/shared/error';
import type { FileClient } from '@node3/shared/files/file-client';
import { hashFile } from '@node3/shared/files/hash-file';
import { type UploadTarget, uploadFile } from '@node3/shared/files/upload-file';
import {
  completeOutputUpload,
  createOutputUpload,
  type UploadView,
} from '@node3/shared/routes/artifacts';
import type { LiveExecution } from '../execution/live-execution.ts';
import type { MarketplaceLink } from '../marketplace-link/marketplace-link.ts';
import type { FoundFile } from './list-files.ts';

export interface UploadDeps {
  link: MarketplaceLink;
  client: FileClient;
  signal: AbortSignal;
  onRetry(error: unknown): void;
}

/** Files on their way at a time; each has up to three parts in memory. */
const filesAtOnce = 2;
/** Reading and hashing a large blob again takes the marketplace this long at the most. */
const completeMs = 600_000;

/** Uploads files of an execution. Throws the first error that no repetition mends. */
export async function uploadOutputs(
  deps: UploadDeps,
  live: LiveExecution,
  files: readonly FoundFile[],
): Promise<void> {
  const waiting = [...files];
  const failed = new AbortController();
  const signal = AbortSignal.any([deps.signal, failed.signal]);
  async function work() {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await uploadOne({ ...deps, signal }, live, next);
    }
  }
  const workers = Array.from({ length: filesAtOnce }, () =>
    work().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  if (ends.some(({ status }) => status === 'rejected')) throw signal.reason;
}

async function uploadOne(deps: UploadDeps, live: LiveExecution, found: FoundFile): Promise<void> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  const file = await open(found.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new Error(`${found.name} is no plain file any more`);
    const options = { signal: deps.signal, onRetry: (error: unknown) => deps.onRetry(error) };
    await uploadFile(await targetOf(deps, live, found.name, file), file, options);
  } finally {
    await file.close();
  }
}

async function targetOf(
  { link, client, signal }: UploadDeps,
  live: LiveExecution,
  name: string,
  file: FileHandle,
): Promise<UploadTarget> {
  const { attempt, leaseToken } = live.facts.offer;
  const { executionId } = live;
  const fence = { attempt, leaseToken };
  const facts = await hashFile(file, signal);
  const mediaType = mediaTypeOf(name);
  const body = { ...fence, ...facts, name, ...(mediaType === null ? {} : { mediaType }) };
  const partPath = ({ artifactId }: UploadView, offset: number) =>
    `/api/v1/executions/${executionId}/uploads/${artifactId}/parts/${offset}`;
  return {
    begin: () => link.call(createOutputUpload, { params: { executionId }, body }, { signal }),
    putPart: (upload, offset, bytes) => client.putPart(partPath(upload, offset), bytes, signal),
    complete: ({ artifactId }) =>
      link.call(
        completeOutputUpload,
        { params: { executionId, artifactId }, body: fence },
        { signal, timeoutMs: completeMs },
      ),
  };
}

const mediaTypes: Record<string, string> = {
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.log': 'text/plain',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.png': 'image/png',
  '.tar': 'application/x-tar',
  '.txt': 'text/plain',
  '.wav': 'audio/wav',
  '.webp': 'image/webp',
  '.zip': 'application/zip',
};

function mediaTypeOf(name: string): string | null {
  return mediaTypes[extname(name).toLowerCase()] ?? null;
}

/** Whether the marketplace has refused a file for good, so that the job can't have it. */
export function isRefusal(error: unknown): error is MarketError {
  return error instanceof MarketError && error.status < 500 && error.code !== 'LEASE_STALE';
}
