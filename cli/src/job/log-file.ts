import { open } from 'node:fs/promises';
import { CommandError } from '../command-error.ts';

export interface LogFile {
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Lines are short and many: they are written together. */
const bufferChars = 256 * 1024;

/** Opens a new file for a log. One that exists is somebody's, and is not written over. */
export async function openLogFile(path: string): Promise<LogFile> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new CommandError(
      'failure',
      `${path} exists already.`,
      'Name another file, or remove it.',
    );
  });
  let buffer = '';
  const flush = async () => {
    const text = buffer;
    buffer = '';
    await file.appendFile(text);
  };
  return {
    async append(text) {
      buffer += text;
      if (buffer.length >= bufferChars) await flush();
    },
    async close() {
      await flush();
      await file.close();
    },
  };
}
