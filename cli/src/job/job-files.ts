import { basename } from 'node:path';
import type { Client } from '@node3/shared/client';
import { isJobFilePath, type JobInput, type JobOutput } from '@node3/shared/job-files';
import { usageError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { uploadOwnFile } from '../files/upload-own-file.ts';

export interface FileOptions {
  file?: string[];
  output?: string[];
}

interface Source {
  kind: 'file' | 'url';
  from: string;
  /** Below /input. */
  path: string;
}

/** Reads `model.bin`, `data/x.csv:x.csv` or `https://host/model.bin:models/m.bin`. */
export function readFileOption(text: string): Source {
  const isUrl = /^https?:\/\//i.test(text);
  // In a URL a colon may also stand before the port.
  const pattern = isUrl ? /^(\w+:\/\/[^/]+\/.*):([^:]+)$/ : /^(.+):([^:\\/][^:\\]*)$/;
  const [, from = text, named] = pattern.exec(text) ?? [];
  const last = isUrl ? (new URL(from).pathname.split('/').at(-1) ?? '') : basename(from);
  const path = named ?? last;
  if (isJobFilePath(path)) return { kind: isUrl ? 'url' : 'file', from, path };
  const fix = 'Write FILE:PATH or URL:PATH, with letters, digits, dots, - and _ in PATH.';
  throw usageError(`"${path}" can not be the path of an input.`, fix);
}

/** What is kept of /output; null keeps everything. */
export function readOutputs(paths: readonly string[] | undefined): JobOutput[] | null {
  if (paths === undefined) return null;
  const wrong = paths.find((path) => !isJobFilePath(path));
  if (wrong === undefined) return paths.map((path) => ({ path }));
  const fix = 'Give files or folders relative to /output, such as model.bin or plots.';
  throw usageError(`--output is "${wrong}", which can not be kept.`, fix);
}

/** Uploads what lies here, so that the job can name it. Every option is checked before the first. */
export async function bringFiles(
  context: Context,
  client: Client,
  options: FileOptions,
): Promise<{ inputs?: JobInput[]; outputs?: JobOutput[] }> {
  const outputs = readOutputs(options.output);
  const sources = (options.file ?? []).map(readFileOption);
  const inputs: JobInput[] = [];
  for (const { kind, from, path } of sources) {
    if (kind === 'url') {
      inputs.push({ path, source: { kind, url: from } });
      continue;
    }
    const upload = { path: from, name: path, artifactId: null };
    const { artifactId } = await uploadOwnFile(context, client, upload);
    inputs.push({ path, source: { kind: 'artifact', artifactId } });
  }
  return {
    ...(inputs.length === 0 ? {} : { inputs }),
    ...(outputs === null ? {} : { outputs }),
  };
}
