import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MarketError } from '@node3/shared/error';
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import { downloadFile } from '@node3/shared/files/download-file';
import { createFileClient, type FileClient } from '@node3/shared/files/file-client';
import type { JobInput } from '@node3/shared/job-files';
import { fenceHeaders } from '@node3/shared/routes/artifacts';
import type { LiveExecution } from '../execution/live-execution.ts';
import { ExecutionError } from '../executors/execution-error.ts';
import type { ExecutionInput } from '../executors/executor.ts';
import type { MarketplaceLink } from '../marketplace-link/marketplace-link.ts';
import { fetchUrl } from './fetch-url.ts';
import type { FilePlaces } from './file-places.ts';
import { inputError } from './input-error.ts';
import { listFiles } from './list-files.ts';
import { unpackArchive } from './unpack/unpack-archive.ts';
import { ArchiveError } from './unpack/unpack-target.ts';

export interface FileDeps {
  link: MarketplaceLink;
  places: FilePlaces;
  /** Private networks that inputs may come from, beside the public internet. */
  allow: FetchAllowance;
}

/**
 * Brings the inputs of a job to this machine that its spec only names, checked and unpacked. They
 * may not be larger than the disk that the job has. Throws ExecutionError `input_unavailable`, or the
 * reason of the signal.
 */
export async function fetchInputs(
  deps: FileDeps,
  live: LiveExecution,
  signal: AbortSignal,
  tell: (sentence: string) => void,
): Promise<ExecutionInput[]> {
  const { spec } = live.facts;
  const wanted = spec.inputs.filter(({ source, unpack }) => source.kind !== 'inline' || unpack);
  if (wanted.length === 0) return [];
  const folder = await deps.places.fresh(live.executionId, 'inputs');
  const client = clientOf(deps, live);
  const inputs: ExecutionInput[] = [];
  let bytesLeft = spec.resources.diskBytes;
  for (const [index, input] of wanted.entries()) {
    const target = join(folder, `${index}`);
    try {
      bytesLeft -= await bring({ deps, live, client, signal }, input, { target, bytesLeft });
      const found = input.unpack
        ? await unpackInput(input, target, bytesLeft)
        : [{ path: input.path, file: target, bytes: 0 }];
      bytesLeft -= found.reduce((sum, { bytes }) => sum + bytes, 0);
      inputs.push(...found.map(({ path, file }) => ({ path, file })));
    } catch (error) {
      throw asInputError(input.path, error);
    }
    tell(`Input ${input.path} is ready (${index + 1} of ${wanted.length}).`);
  }
  return inputs;
}

interface Bringing {
  deps: FileDeps;
  live: LiveExecution;
  client: FileClient;
  signal: AbortSignal;
}

/** @returns how many bytes it has. */
async function bring(
  { deps, live, client, signal }: Bringing,
  { path, source }: JobInput,
  { target, bytesLeft }: { target: string; bytesLeft: number },
): Promise<number> {
  if (source.kind === 'inline') {
    const content = Buffer.from(source.contentBase64, 'base64');
    await writeFile(target, content, { mode: 0o600, flag: 'wx' });
    return content.length;
  }
  if (source.kind === 'url') {
    const bytesMax = Math.min(bytesLeft, source.bytesMax ?? bytesLeft);
    const sha256 = source.sha256 ?? null;
    const input = { path, url: source.url, sha256, bytesMax, target, caller: live.executionId };
    return fetchUrl(input, deps.allow, signal);
  }
  const { executionId } = live;
  const from = `/api/v1/executions/${executionId}/inputs/${source.artifactId}`;
  const download = { path: from, target, sha256: null, bytesMax: bytesLeft };
  const { bytes } = await downloadFile(client, download, { signal });
  return bytes;
}

async function unpackInput(input: JobInput, archive: string, bytesMax: number) {
  const folder = `${archive}.files`;
  await unpackArchive(archive, folder, { bytesMax });
  const files = await listFiles(folder);
  return files.map(({ name, path, bytes }) => ({
    path: input.path === '.' ? name : `${input.path}/${name}`,
    file: path,
    bytes,
  }));
}

export function clientOf({ link }: Pick<FileDeps, 'link'>, live: LiveExecution): FileClient {
  const { attempt, leaseToken } = live.facts.offer;
  const headers = {
    [fenceHeaders.attempt]: String(attempt),
    [fenceHeaders.leaseToken]: leaseToken,
  };
  return createFileClient({ baseUrl: link.url, apiKey: link.apiKey, headers });
}

/** Errors that the requester can mend; all others are this machine's. */
function asInputError(path: string, error: unknown): unknown {
  if (error instanceof ExecutionError) return error;
  if (error instanceof ArchiveError) return inputError(path, `${error.message}.`, error);
  if (error instanceof MarketError)
    return inputError(path, `is not there: ${error.message}`, error);
  return error;
}
