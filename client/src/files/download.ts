import { ContentError, OptionError } from '../errors.ts';
import { type FollowOptions, Patience } from '../http/patience.ts';
import { readPiece } from '../http/read-piece.ts';
import type { Call, Transport } from '../http/transport.ts';

/** Which bytes are downloaded; all of them where nothing is said. */
export interface DownloadOptions extends FollowOptions {
  /** The first byte, from 0. */
  start?: number;
  /** The byte after the last. */
  end?: number;
}

/** A file on its way. */
export interface Download {
  /** The bytes as they come, over broken connections. It errors where they can't be whole. */
  stream: ReadableStream<Uint8Array>;
  /** Of the whole file. */
  bytesTotal: number;
  /** Of the whole file, lowercase hexadecimal. */
  sha256: string | null;
}

/** Downloads what a request leads to, and goes on where a connection broke, with the same file only. */
export async function download(
  transport: Transport,
  call: Pick<Call, 'path' | 'token'>,
  options: DownloadOptions = {},
): Promise<Download> {
  const { start = 0, end, signal } = options;
  checkRange(start, end);
  const leave = new AbortController();
  const both = signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal]);
  const patience = new Patience(options);
  let position = start;
  let etag: string | null = null;

  async function open(): Promise<Response> {
    const range = position > 0 || end !== undefined ? rangeOf(position, end) : null;
    const headers: Record<string, string> = range === null ? {} : { range };
    if (range !== null && etag !== null) headers['if-range'] = etag;
    const request = { method: 'GET', ...call, headers, repeat: 'any', options } as const;
    return transport.open({ ...request, ...(etag !== null && { retriesMax: 0 }) }, '*/*', both);
  }

  const first = await open();
  etag = first.headers.get('etag');
  const { bytesTotal, last } = extentOf(first, start);
  let reader = first.body?.getReader();

  async function next(): Promise<Uint8Array | null> {
    while (position < last) {
      try {
        reader ??= readerOf(await open(), position, etag);
        const { done, value } = await readPiece(reader);
        if (done) throw new Error('The connection ended in the middle of a file.');
        patience.progressed();
        position += value.byteLength;
        return value;
      } catch (error) {
        reader?.cancel().catch(() => undefined);
        reader = undefined;
        // Whoever reads it does not want the rest.
        if (leave.signal.aborted) return null;
        await patience.fail(error);
      }
    }
    return null;
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = await next();
        if (piece === null) controller.close();
        else controller.enqueue(piece);
      },
      cancel: () => leave.abort(),
    },
    // Nothing is asked for before somebody reads it.
    { highWaterMark: 0 },
  );
  return { stream, bytesTotal, sha256: etag?.replaceAll('"', '') ?? null };
}

function checkRange(start: number, end: number | undefined): void {
  const isPlace = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!isPlace(start)) throw new OptionError('start', 'it must be a whole number from 0 on');
  if (end !== undefined && !(isPlace(end) && end > start)) {
    throw new OptionError('end', 'it must be a whole number after start');
  }
}

function rangeOf(start: number, end: number | undefined): string {
  return `bytes=${start}-${end === undefined ? '' : end - 1}`;
}

/** How long the whole file is, and where the part that was asked for ends. */
function extentOf({ status, headers }: Response, start: number) {
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get('content-range') ?? '');
  if (status === 206 && range !== null && Number(range[1]) === start) {
    return { last: Number(range[2]) + 1, bytesTotal: Number(range[3]) };
  }
  const length = headers.get('content-length');
  if (status === 206 || length === null)
    throw new ContentError('The answer does not say its length.');
  return { last: Number(length), bytesTotal: Number(length) };
}

/** The rest, and of the same file. */
function readerOf(response: Response, position: number, etag: string | null) {
  const { body, headers } = response;
  const goesOn = position === 0 || headers.get('content-range')?.startsWith(`bytes ${position}-`);
  if (body !== null && goesOn && headers.get('etag') === etag) return body.getReader();
  body?.cancel().catch(() => undefined);
  throw new ContentError('The file changed while it was downloaded.');
}
