import type { Client } from '@node3/shared/client';
import { fromProblem } from '@node3/shared/error';
import {
  type ArtifactView,
  completeUpload,
  createUpload,
  putUploadPart,
} from '@node3/shared/routes/artifacts';

interface UploadDeps {
  client: Client;
  fetch: typeof fetch;
  apiKey: string | null;
}

interface UploadOptions {
  signal: AbortSignal;
  onProgress: (share: number) => void;
}

const triesMax = 3;

/** Uploads a file of this computer in parts, so that a job can have it as an input. */
export async function uploadInput(
  deps: UploadDeps,
  file: File,
  { signal, onProgress }: UploadOptions,
): Promise<ArtifactView> {
  const { client } = deps;
  const body = { name: file.name, bytes: file.size };
  const { artifactId, partBytes } = await client.call(createUpload, { body }, { signal });
  for (let offset = 0; offset < file.size; offset += partBytes) {
    const part = file.slice(offset, offset + partBytes);
    const url = putUploadPart.url.replace(':artifactId', artifactId);
    await sendPart(deps, url.replace(':offset', String(offset)), part, signal);
    onProgress(Math.min(1, (offset + part.size) / file.size));
  }
  return client.call(completeUpload, { params: { artifactId }, body: {} }, { signal });
}

/** Sent again where the connection broke: a part that has come already is no harm. */
async function sendPart(
  { fetch, apiKey }: UploadDeps,
  url: string,
  body: Blob,
  signal: AbortSignal,
): Promise<void> {
  const headers = {
    'content-type': 'application/octet-stream',
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  for (let tries = 1; ; tries += 1) {
    try {
      const response = await fetch(url, { method: 'PUT', headers, body, signal });
      if (response.ok) return;
      throw fromProblem(response.status, await response.json().catch(() => null));
    } catch (error) {
      if (!(error instanceof TypeError) || signal.aborted || tries === triesMax) throw error;
    }
  }
}
