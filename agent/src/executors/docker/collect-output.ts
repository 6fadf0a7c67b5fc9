import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { outputJsonBytesMax } from '../executor-limits.ts';
import { readRegularFile } from '../read-regular-file.ts';
import { parseJson, parseStructuredOutput } from '../structured-output.ts';
import { engineStatus } from './engine-error.ts';
import { readFrames } from './log-stream.ts';

/**
 * `folder` is where this process sees the output, null where only the engine does.
 * @returns the structured result of an ended container, or null when it has none.
 */
export async function collectOutput(
  container: Docker.Container,
  folder: string | null,
): Promise<unknown> {
  const file =
    folder === null
      ? await readOutputFile(container, '/output/output.json')
      : await readRegularFile(join(folder, 'output.json'), outputJsonBytesMax);
  if (file !== null) {
    const parsed = parseJson(file.toString('utf8'));
    if (parsed !== undefined) return parsed;
  }
  const stdout = await readStdout(container);
  return stdout === null ? null : parseStructuredOutput(stdout);
}

/**
 * Reads one file through the engine, which resolves the path inside the container. Only a
 * regular file is taken: a link could point at anything.
 * @returns null when there is none, it is larger than the limit, or the engine can't read what the
 * job put there, such as links in a circle: that is the job's doing and must not void its end.
 */
async function readOutputFile(container: Docker.Container, path: string): Promise<Buffer | null> {
  let archive: NodeJS.ReadableStream;
  try {
    archive = await container.getArchive({ path });
  } catch (error) {
    if (engineStatus(error) !== null) return null;
    throw error;
  }
  return readSingleFile(archive, outputJsonBytesMax);
}

/** @returns the first entry of a tar stream when it is a regular file within the limit. */
export async function readSingleFile(
  archive: NodeJS.ReadableStream,
  bytesMax: number,
): Promise<Buffer | null> {
  const extract = tar.extract();
  archive.on('error', (error: Error) => extract.destroy(error));
  archive.pipe(extract);
  try {
    for await (const entry of extract) {
      const { type, size } = entry.header;
      if (type !== 'file' || size === undefined || size > bytesMax) return null;
      const parts: Buffer[] = [];
      for await (const part of entry) parts.push(Buffer.from(part as Uint8Array));
      return Buffer.concat(parts);
    }
    return null;
  } finally {
    extract.destroy();
    if ('destroy' in archive && typeof archive.destroy === 'function') archive.destroy();
  }
}

/** @returns null when standard output is larger than a structured result may be. */
async function readStdout(container: Docker.Container): Promise<string | null> {
  const stream = await container.logs({
    stdout: true,
    stderr: false,
    timestamps: true,
    follow: true,
  });
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const frames of readFrames(stream)) {
    for (const { payload } of frames) {
      bytes += payload.length;
      parts.push(payload);
    }
    if (bytes > outputJsonBytesMax) return null;
  }
  return Buffer.concat(parts).toString('utf8');
}
