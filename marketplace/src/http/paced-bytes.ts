import { finished, pipeline, type Readable, Transform } from 'node:stream';
import { MarketError } from '@node3/shared/error';
import { type RateRule, watchRate } from '@node3/shared/rate-watch';

/**
 * What a caller sends, as long as it comes fast enough; then it fails with TRANSFER_STALLED, or with
 * what `signal` says. Nobody is waited for before the first piece is asked for, and after the last.
 * `body` is only left alone, never destroyed: its connection still has to carry the answer.
 */
export async function* takeInPace(
  body: Readable,
  pace: RateRule,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted();
  const { stream, counted } = countingStream(signal);
  const watch = watchRate(pace, () => {
    // What waits to be kept says nothing about the caller.
    if (stream.readableLength === 0) stream.destroy(tooSlow(pace));
  });
  // For good: a body that nobody listens to any more must not end the process with its error.
  finished(body, { writable: false }, (cause) => {
    if (cause) stream.destroy(brokenOff(cause));
  });
  watch.start(counted);
  try {
    yield* body.pipe(stream);
  } finally {
    watch.stop();
    body.unpipe(stream);
    stream.destroy();
  }
}

/**
 * Bytes for a caller, as long as it takes them fast enough; then they end with TRANSFER_STALLED, or
 * with what `signal` says.
 */
export function giveInPace(source: Readable, pace: RateRule, signal: AbortSignal): Readable {
  if (signal.aborted) source.destroy();
  signal.throwIfAborted();
  const { stream, counted } = countingStream(signal);
  const watch = watchRate(pace, () => {
    // Where nothing waits to be taken, it is not the caller who is slow.
    if (stream.readableLength > 0) stream.destroy(tooSlow(pace));
  });
  watch.start(() => counted() - stream.readableLength);
  stream.once('close', () => watch.stop());
  return pipeline(source, stream, () => undefined);
}

function countingStream(signal: AbortSignal) {
  let bytes = 0;
  const stream = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.byteLength;
      done(null, piece);
    },
  });
  signal.addEventListener('abort', () => stream.destroy(signal.reason as Error), { once: true });
  return { stream, counted: () => bytes };
}

function tooSlow({ windowMs, windowBytes }: RateRule): MarketError {
  const detail = `Less than ${windowBytes} bytes moved in ${windowMs} ms.`;
  return new MarketError('TRANSFER_STALLED', { detail });
}

function brokenOff(cause: Error): MarketError {
  return new MarketError('TRANSFER_STALLED', { detail: 'The connection broke off.' }, { cause });
}
