import { isMarketError, MarketError } from '@node3/shared/error';
import type { BlobPart } from '../blobs/blob-store.ts';
import type { ArtifactFence, ArtifactRow } from '../store/artifact-store.ts';
import type { ArtifactDeps } from './artifact-deps.ts';
import type { TransferCaller } from './transfers.ts';

export interface IncomingPart {
  offset: number;
  /** What the request says it has; null when it doesn't say. */
  bytes: number | null;
  /** The bytes as they come, until they are broken off with what `signal` says. */
  read: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
}

/** Keeps one part of an open upload, and notes it once it is on disk. */
export async function keepPart(
  deps: ArtifactDeps,
  row: ArtifactRow,
  incoming: IncomingPart,
  fence: ArtifactFence | null,
): Promise<{ offset: number; bytes: number }> {
  try {
    return await keep(deps, row, incoming, fence);
  } catch (error) {
    if (fence !== null && isMarketError(error, 'STORAGE_FULL')) {
      deps.room.noteRefusedOutput(fence.fence.executionId);
    }
    throw error;
  }
}

async function keep(
  deps: ArtifactDeps,
  row: ArtifactRow,
  { offset, bytes, read }: IncomingPart,
  fence: ArtifactFence | null,
): Promise<{ offset: number; bytes: number }> {
  const { artifactId, upload } = row;
  if (row.state !== 'open' || upload === null) {
    throw new MarketError('ARTIFACT_STATE_INVALID', { artifactId, state: row.state });
  }
  const part = partAt(row, offset);
  if (bytes !== null && bytes !== part.bytes) {
    throw wrongPart(`The part at ${offset} has ${part.bytes} bytes and this one has ${bytes}.`);
  }
  const transfer = deps.transfers.begin('upload', callerOf(row, fence));
  let giveBack = () => undefined as void;
  try {
    giveBack = deps.room.holdPart(part.bytes);
    return await deps.partWriters.write(artifactId, async () => {
      const body = read(transfer.signal);
      const tag = await deps.blobs.writePart({ key: artifactId, upload }, part, body);
      await deps.store.keepPart(artifactId, { ...part, tag }, fence);
      return { offset, bytes: part.bytes };
    });
  } finally {
    giveBack();
    transfer.end();
  }
}

function callerOf({ accountId }: ArtifactRow, fence: ArtifactFence | null): TransferCaller {
  return fence === null ? { kind: 'account', id: accountId } : { kind: 'agent', id: fence.agentId };
}

function partAt({ bytes, partBytes }: ArtifactRow, offset: number): BlobPart {
  if (offset % partBytes !== 0 || offset >= bytes) {
    throw wrongPart(`Parts begin at multiples of ${partBytes} and before ${bytes}.`);
  }
  const number = offset / partBytes + 1;
  return { number, offset, bytes: Math.min(partBytes, bytes - offset) };
}

function wrongPart(detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { detail, errors: [{ pointer: '/offset', detail }] });
}
