import { OptionError } from '../errors.ts';
import { type CallOptions, part, type Transport } from '../http/transport.ts';
import type { Artifact, Upload } from '../types/artifact.ts';
import { type Source, sha256Of, toBlob } from './source-bytes.ts';

/** What is uploaded, and how. */
export interface UploadOptions extends CallOptions {
  /** Relative path with forward slashes, such as `data/train.csv`. */
  name: string;
  /** Such as `text/csv`; that of a File where nothing is said. */
  mediaType?: string;
  /** Lowercase hexadecimal. Left out, it is computed for up to 64 MiB, and not announced beyond. */
  sha256?: string;
  /** The artifactId of an upload that was begun: only what is missing is sent. */
  resume?: string;
  /** Parts on their way at a time, 3 where nothing is said; each is in memory. */
  parallel?: number;
  /** Called once the upload has an id, and with every part that has come. Keep the id to resume. */
  onProgress?: (progress: { artifactId: string; bytesDone: number; bytesTotal: number }) => void;
}

const hashedBytesMax = 64 * 1024 * 1024;
/** Enough for a marketplace that restarts; after it the upload can be resumed by its id. */
const partRetriesMax = 10;
const partTimeoutMs = 300_000;

/** Uploads bytes in parts. Each part is sent again where that may mend it; the end compares the sha256. */
export async function upload(
  transport: Transport,
  source: Source,
  options: UploadOptions,
): Promise<Artifact> {
  const blob = toBlob(source);
  const begun = await begin(transport, blob, options);
  if (begun.bytes !== blob.size) {
    const reason = `upload ${begun.artifactId} has ${begun.bytes} bytes, and these are ${blob.size}`;
    throw new OptionError('resume', reason);
  }
  const path = `/api/v1/uploads/${part(begun.artifactId)}`;
  if (begun.state === 'open') await sendMissing(transport, blob, begun, { ...options, path });
  const call = { method: 'POST', path: `${path}/complete`, body: {} } as const;
  return transport.json({ ...call, repeat: 'any', options });
}

async function begin(transport: Transport, blob: Blob, options: UploadOptions): Promise<Upload> {
  const { name, resume, signal } = options;
  if (resume !== undefined) {
    const path = `/api/v1/uploads/${part(resume)}`;
    return transport.json({ method: 'GET', path, repeat: 'any', options });
  }
  const sha256 = options.sha256 ?? (await announced(blob));
  signal?.throwIfAborted();
  const mediaType = options.mediaType ?? blob.type.split(';')[0]?.trim().toLowerCase();
  const body = {
    name,
    bytes: blob.size,
    sha256,
    mediaType: mediaType === '' ? undefined : mediaType,
  };
  // A second one would take room that nobody fills.
  const call = { method: 'POST', path: '/api/v1/uploads', body, repeat: 'once' } as const;
  return transport.json({ ...call, options });
}

/** Browsers have it on https pages alone. */
async function announced(blob: Blob): Promise<string | undefined> {
  if (blob.size > hashedBytesMax || globalThis.crypto.subtle === undefined) return undefined;
  return sha256Of(await blob.arrayBuffer());
}

async function sendMissing(
  transport: Transport,
  blob: Blob,
  { artifactId, bytes, partBytes, received }: Upload,
  { path, parallel = 3, onProgress, ...options }: UploadOptions & { path: string },
): Promise<void> {
  const missing: number[] = [];
  for (let offset = 0; offset < bytes; offset += partBytes) {
    if (!received.some(({ start, end }) => start <= offset && offset < end)) missing.push(offset);
  }
  let bytesDone = received.reduce((sum, { start, end }) => sum + end - start, 0);
  const tell = () => onProgress?.({ artifactId, bytesDone, bytesTotal: bytes });
  tell();
  const failed = new AbortController();
  const { signal } = options;
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  async function work(): Promise<void> {
    for (let offset = missing.shift(); offset !== undefined; offset = missing.shift()) {
      const piece = blob.slice(offset, Math.min(offset + partBytes, bytes));
      await transport.json({
        method: 'PUT',
        path: `${path}/parts/${offset}`,
        bytes: piece,
        repeat: 'any',
        retriesMax: partRetriesMax,
        options: { timeoutMs: partTimeoutMs, signal: either },
      });
      bytesDone += piece.size;
      tell();
    }
  }
  const workers = Array.from({ length: Math.max(1, parallel) }, () =>
    work().catch((error: unknown) => {
      // The others need not go on with what will not be whole.
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.all(workers);
}
