/** A server that has nothing to say says so every 30 s: a longer silence is a dead connection. */
const silenceMsMax = 75_000;

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
      const { done, value } = await withinSilence(reader);
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

async function withinSilence(reader: ReadableStreamDefaultReader<Uint8Array>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The stream has been silent.')), silenceMsMax);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
