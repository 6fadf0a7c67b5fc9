import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import { usageError } from '../command-error.ts';
import type { Host } from '../host.ts';

/** The JSON object in a file of at most `bytesMax` bytes; `-` is standard input. */
export async function readJsonFile(
  host: Host,
  name: string,
  bytesMax: number,
): Promise<Record<string, unknown>> {
  const text = name === '-' ? (await host.readStdin(bytesMax)).toString('utf8') : await read();
  const value = parse(name, text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw usageError(`${name} holds no JSON object.`, 'It has to start with { and end with }.');

  async function read(): Promise<string> {
    const path = resolve(host.cwd, name);
    try {
      const { size } = await stat(path);
      if (size <= bytesMax) return await readFile(path, 'utf8');
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw usageError(`There is no file ${name}.`, 'Check its name and the folder you are in.');
    }
    throw usageError(`${name} is too large.`, `At most ${bytesMax / 1024} KiB.`);
  }
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw usageError(`${name} is not JSON: ${why}`, 'Correct the place that is named.');
  }
}
