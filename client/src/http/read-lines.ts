import { readPiece } from './read-piece.ts';

/**
 * The JSON objects of a body, one a line. Rejects when the connection breaks, or is silent for too long.
 * Leaving the loop closes it.
 */
export async function* readLines(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await readPiece(reader);
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') yield parseLine(line);
    }
    if (rest.trim() !== '') yield parseLine(rest);
  } finally {
    // Not awaited: one that never ends must not keep anybody.
    reader.cancel().catch(() => undefined);
  }
}

function parseLine(line: string): Record<string, unknown> {
  return JSON.parse(line) as Record<string, unknown>;
}
