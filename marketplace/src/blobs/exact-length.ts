import { MarketError } from '@node3/shared/error';

/** Passes pieces on and throws REQUEST_INVALID when they are not exactly so many bytes. */
export async function* exactLength(
  body: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let seen = 0;
  for await (const piece of body) {
    seen += piece.byteLength;
    if (seen > bytes) throw wrongLength(bytes, 'more');
    yield piece;
  }
  if (seen < bytes) throw wrongLength(bytes, `only ${seen}`);
}

function wrongLength(bytes: number, found: string): MarketError {
  const detail = `The part has to have ${bytes} bytes and has ${found}.`;
  return new MarketError('REQUEST_INVALID', { detail, errors: [{ pointer: '/body', detail }] });
}
