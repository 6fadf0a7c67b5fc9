import { basename } from 'node:path';
import { assert } from '@node3/shared/assert';
import type { Client } from '@node3/shared/client';
import { isJobFilePath, type JobInput, type JobOutput } from '@node3/shared/job-files';
import { limits } from '@node3/shared/limits';
import { type ArtifactView, listArtifacts } from '@node3/shared/routes/artifacts';
import { usageError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { type OpenedFile, openOwnFile, uploadOpened } from '../files/upload-own-file.ts';

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

/** Reads `model.bin`, `data/x.csv:x.csv`, `https://host/model.bin:models/m.bin` or `m.bin=https://host/?m=1`. */
export function readFileOption(text: string): Source {
  const [, first, url] = /^([^:?=]+)=(https?:\/\/.*)$/i.exec(text) ?? [];
  if (first !== undefined && url !== undefined) return urlSource(url, first);
  if (/^https?:\/\//i.test(text)) return readUrl(text);
  const [, from = text, named] = /^(.+):([^:\\/][^:\\]*)$/.exec(text) ?? [];
  return { kind: 'file', from, path: checkedPath(named ?? basename(from)) };
}

function readUrl(text: string): Source {
  const [address = '', query] = text.split(/[?#](.*)/s);
  if (query?.includes(':')) {
    const problem = `In ${text} a colon may belong to the address, or a path may follow it.`;
    throw usageError(problem, 'Write PATH=URL.');
  }
  // A colon may also stand before the port.
  const named = query === undefined ? /^(\w+:\/\/[^/]+\/.*):([^:]+)$/.exec(address) : null;
  return named === null ? urlSource(text, null) : urlSource(named[1] ?? '', named[2] ?? null);
}

function urlSource(from: string, named: string | null): Source {
  if (!URL.canParse(from)) throw usageError(`${from} is not a URL.`, 'Check --file.');
  const path = named ?? new URL(from).pathname.split('/').at(-1) ?? '';
  return { kind: 'url', from, path: checkedPath(path) };
}

function checkedPath(path: string): string {
  if (isJobFilePath(path)) return path;
  const fix = 'Write FILE:PATH or PATH=URL, with letters, digits, dots, - and _ in PATH.';
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

/**
 * Uploads what lies here, so that the job can name it. Every option and every file is read before the
 * first is sent, and what is there already is named again: a repeated command is the same job.
 */
export async function bringFiles(
  context: Context,
  client: Client,
  options: FileOptions,
): Promise<{ inputs?: JobInput[]; outputs?: JobOutput[] }> {
  const outputs = readOutputs(options.output);
  const sources = (options.file ?? []).map(readFileOption);
  const opened: OpenedFile[] = [];
  const inputs: JobInput[] = [];
  try {
    for (const { kind, from, path } of sources) {
      if (kind === 'file') opened.push(await openOwnFile(context, { path: from, name: path }));
    }
    const known = await findUploaded(context, client, opened);
    let at = 0;
    for (const { kind, from, path } of sources) {
      if (kind === 'url') {
        inputs.push({ path, source: { kind, url: from } });
        continue;
      }
      const own = opened[at];
      at += 1;
      assert(own !== undefined, 'every file is open');
      const { sha256 } = own.facts;
      const artifactId =
        known.get(sha256) ?? (await uploadOpened(context, client, own, null)).artifactId;
      known.set(sha256, artifactId);
      inputs.push({ path, source: { kind: 'artifact', artifactId } });
    }
  } finally {
    await Promise.all(opened.map(({ file }) => file.close()));
  }
  return {
    ...(inputs.length === 0 ? {} : { inputs }),
    ...(outputs === null ? {} : { outputs }),
  };
}

/** Jobs may wait for so long before they read their inputs. */
const keptMsMin = 86_400_000;
/** Older ones are uploaded again. */
const pagesMax = 10;

/** Own uploads of the same bytes, the last of each. @returns ids by sha256. */
async function findUploaded(
  { host }: Context,
  client: Client,
  opened: readonly OpenedFile[],
): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  const wanted = new Set(opened.map(({ facts }) => facts.sha256));
  const untilMs = host.clock.nowMs() + keptMsMin;
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax && wanted.size > 0; page += 1) {
    const query = { limit: limits.listPageMax, ...(cursor === null ? {} : { cursor }) };
    const found: { data: ArtifactView[]; nextCursor: string | null } = await client.call(
      listArtifacts,
      { query },
    );
    for (const { artifactId, jobId, sha256, expiresAt } of found.data) {
      if (jobId !== null || Date.parse(expiresAt) < untilMs || !wanted.delete(sha256)) continue;
      known.set(sha256, artifactId);
    }
    cursor = found.nextCursor;
    if (cursor === null) break;
  }
  return known;
}
