/** A server that has nothing to say says so every 30 s: a longer silence is a dead connection. */
const silenceMsMax = 75_000;

/** The next piece of a body. Rejects when the connection breaks, or is silent for too long. */
export async function readPiece(reader: ReadableStreamDefaultReader<Uint8Array>) {
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
