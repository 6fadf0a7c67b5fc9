import { type FileHandle, open } from 'node:fs/promises';
import { fromLedgerLine } from '@node3/marketplace/services/ledger-lines';
import { CommandError } from '../command-error.ts';
import { isNoise } from './verify-export.ts';

/** Longer than any line of an export. */
const tailBytes = 16 * 1024;

export interface ExportFile {
  /** Number of the last entry in it; 0 in a new file. */
  after: number;
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a file to export into. One that exists is continued after its last whole line, so the same
 * command run every day keeps a copy whose chain proves that nothing was rewritten in between.
 */
export async function openExportFile(path: string): Promise<ExportFile> {
  const file = await open(path, 'a+', 0o600);
  try {
    const after = await continueAt(file, path);
    return {
      after,
      append: (text) => file.appendFile(text),
      async close() {
        await file.sync();
        await file.close();
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Cuts off what a broken export left behind its last whole entry. */
async function continueAt(file: FileHandle, path: string): Promise<number> {
  const { size } = await file.stat();
  if (size === 0) return 0;
  const start = Math.max(0, size - tailBytes);
  const { buffer } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
  let end = buffer.lastIndexOf(0x0a);
  while (end >= 0) {
    const begin = end === 0 ? 0 : buffer.lastIndexOf(0x0a, end - 1) + 1;
    const text = buffer.subarray(begin, end).toString('utf8');
    if (!isNoise(text)) {
      await file.truncate(start + end + 1);
      return entryOf(text, path);
    }
    end = begin - 1;
  }
  throw notAnExport(path);
}

function entryOf(text: string, path: string): number {
  try {
    const row = fromLedgerLine(JSON.parse(text));
    if (row !== null) return row.entry;
  } catch {
    throw notAnExport(path);
  }
  throw notAnExport(path);
}

function notAnExport(path: string): CommandError {
  const message = `${path} exists and does not end with an entry of a ledger.`;
  return new CommandError('failure', message, 'Name another file, or remove this one.');
}
