import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import { safeFetch } from '@node3/shared/fetch/safe-fetch';
import { retrying } from '@node3/shared/files/retrying';
import { inputError } from './input-error.ts';

export interface UrlInput {
  path: string;
  url: string;
  sha256: string | null;
  bytesMax: number;
  target: string;
  /** The execution: its names delay those of no other. */
  caller: string;
}

const triesMax = 3;

/** Fetches a URL of a job into a new file. Throws what `safeFetch` throws, or `input_unavailable`. */
export async function fetchUrl(
  input: UrlInput,
  allow: FetchAllowance,
  signal: AbortSignal,
): Promise<number> {
  return retrying(() => fetchOnce(input, allow, signal), { signal, triesMax });
}

async function fetchOnce(
  { path, url, sha256, bytesMax, target, caller }: UrlInput,
  allow: FetchAllowance,
  signal: AbortSignal,
): Promise<number> {
  const found = await safeFetch(url, { maxBytes: bytesMax, sha256, allow, signal, caller });
  if (found.status !== 200) {
    found.cancel();
    throw inputError(path, `was answered with status ${found.status} by its server.`);
  }
  const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
  const file = await open(target, O_CREAT | O_NOFOLLOW | O_TRUNC | O_WRONLY, 0o600);
  let bytes = 0;
  try {
    for await (const piece of found.body) {
      bytes += piece.byteLength;
      await file.writeFile(piece);
    }
  } finally {
    found.cancel();
    await file.close();
  }
  return bytes;
}
