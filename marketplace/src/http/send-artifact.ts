import { Readable } from 'node:stream';
import { isMarketError } from '@node3/shared/error';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ByteRange } from '../blobs/blob-store.ts';
import type { ArtifactDeps } from '../services/artifact-deps.ts';
import type { TransferCaller } from '../services/transfers.ts';
import type { ArtifactRow } from '../store/artifact-store.ts';
import { readByteRange } from './byte-range.ts';
import { giveInPace } from './paced-bytes.ts';

/** Types that no program runs or renders as a page. All others are only bytes to a browser. */
const plainTypes = new Set([
  'application/gzip',
  'application/json',
  'application/x-tar',
  'application/zip',
  'audio/mpeg',
  'audio/wav',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
  'text/csv',
  'text/plain',
  'video/mp4',
]);

/**
 * Answers with the bytes of an artifact, or the range that was asked for, as fast as they are taken.
 * They are a stranger's: a browser saves them, and shows or runs nothing.
 */
export async function sendArtifact(
  deps: Pick<ArtifactDeps, 'blobs' | 'transfers' | 'artifacts'>,
  row: ArtifactRow,
  caller: TransferCaller,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const etag = `"${row.sha256}"`;
  setHeaders(reply, row, etag);
  if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
    void reply.code(304);
    return asAnswer(noBytes());
  }
  const { range, 'if-range': ifRange } = request.headers;
  const found = rangeOf(row, { range, ifRange: ifRange as string | undefined }, etag, reply);
  const { start, end } = found ?? { start: 0, end: row.bytes };
  void reply.header('content-length', end - start);
  if (found !== null) {
    void reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${row.bytes}`);
  }
  const isAsked = request.method !== 'HEAD' && end > start;
  return asAnswer(isAsked ? await readFor(deps, caller, row, { start, end }) : noBytes());
}

/** Bytes that count as under way until the stream is closed. Throws TRANSFERS_TOO_MANY. */
async function readFor(
  { blobs, transfers, artifacts }: Pick<ArtifactDeps, 'blobs' | 'transfers' | 'artifacts'>,
  caller: TransferCaller,
  { artifactId }: ArtifactRow,
  range: ByteRange,
): Promise<Readable> {
  const transfer = transfers.begin('download', caller);
  try {
    const bytes = await blobs.read(artifactId, range);
    const given = giveInPace(bytes, artifacts.pace, transfer.signal);
    return given.once('close', () => transfer.end());
  } catch (error) {
    transfer.end();
    throw error;
  }
}

function noBytes(): Readable {
  return Readable.from([], { objectMode: false });
}

/** Contracts know no streams; the server takes one in the place of a text, and destroys it. */
function asAnswer(body: Readable): string {
  return body as unknown as string;
}

function rangeOf(
  { bytes }: ArtifactRow,
  headers: Parameters<typeof readByteRange>[0],
  etag: string,
  reply: FastifyReply,
) {
  try {
    return readByteRange(headers, { bytes, etag });
  } catch (error) {
    if (isMarketError(error, 'RANGE_INVALID')) {
      for (const name of ['content-disposition', 'etag', 'cache-control']) {
        void reply.removeHeader(name);
      }
      void reply.header('content-range', `bytes */${bytes}`);
    }
    throw error;
  }
}

function setHeaders(reply: FastifyReply, row: ArtifactRow, etag: string): void {
  const type = plainTypes.has(row.mediaType) ? row.mediaType : 'application/octet-stream';
  void reply
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    .header('cache-control', 'private, no-cache')
    .header('content-type', type)
    .header('content-disposition', dispositionOf(row.name))
    // A second policy beside that of every answer: both hold. The others are there already.
    .header('content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'");
}

/** RFC 6266: a plain name for everybody, and the real one for those that can read it. */
export function dispositionOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const plain = last.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  const encoded = encodeURIComponent(last).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
