import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type FetchDeadlines, unreachable } from './fetch-deadlines.ts';

export interface BodyRules {
  /** Most bytes after decompression. */
  bytesMax: number;
  /** Lowercase hex that the bytes must have; they are streamed before it is known. */
  sha256: string | null;
}

const decoders: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The body, piece by piece, within its limits. Throws URL_UNREACHABLE for one that is too long, too
 * slow, cut off or not the expected one. Whoever stops reading closes the connection.
 */
export async function* readAnswer(
  answer: IncomingMessage,
  rules: BodyRules,
  deadlines: FetchDeadlines,
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  const stop = () => answer.destroy(deadlines.signal.reason as Error);
  let bytes = 0;
  try {
    deadlines.signal.addEventListener('abort', stop, { once: true });
    if (deadlines.signal.aborted) stop();
    checkDeclaredSize(answer, rules.bytesMax);
    const { socket } = answer;
    deadlines.watchRate(() => socket.bytesRead);
    for await (const piece of decoded(answer)) {
      bytes += piece.length;
      if (bytes > rules.bytesMax) throw tooLarge(rules.bytesMax);
      hash.update(piece);
      deadlines.hold();
      yield piece;
      deadlines.release();
    }
    const found = hash.digest('hex');
    if (rules.sha256 !== null && found !== rules.sha256) {
      throw unreachable(
        'sha256',
        `The bytes have sha256 ${found} and should have ${rules.sha256}.`,
      );
    }
  } catch (cause) {
    throw deadlines.signal.aborted ? deadlines.signal.reason : asBroken(cause);
  } finally {
    deadlines.signal.removeEventListener('abort', stop);
    deadlines.end();
    answer.destroy();
  }
}

function checkDeclaredSize(answer: IncomingMessage, bytesMax: number): void {
  const declared = Number(answer.headers['content-length'] ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax);
}

function tooLarge(bytesMax: number) {
  return unreachable('size', `The answer has more than ${bytesMax} bytes.`);
}

function decoded(answer: IncomingMessage): AsyncIterable<Buffer> {
  const encoding = (answer.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return answer;
  const decoder = decoders[encoding]?.();
  if (decoder === undefined) {
    throw unreachable(
      'encoding',
      `The answer has the content encoding "${encoding.slice(0, 32)}".`,
    );
  }
  pipeline(answer, decoder, () => undefined);
  return decoder;
}

function asBroken(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause.name === 'MarketError') return cause;
  return unreachable('connection', `The answer broke off: ${cause.message}.`, cause);
}
