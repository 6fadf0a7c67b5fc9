import { isExisting } from '@node3/shared/file-error';
import { downloadFile } from '@node3/shared/files/download-file';
import { createFileClient } from '@node3/shared/files/file-client';
import type { Context } from '../context.ts';
import { TransferTeller } from '../output/transfer-teller.ts';
import { hasFile, placeInFolder } from './place-in-folder.ts';
import { transferTries } from './upload-own-file.ts';

/** Fetches one artifact to its place below a folder, unless it is there. Leaves only what is right. */
export async function fetchIntoFolder(
  context: Context,
  artifact: { artifactId: string; name: string; bytes: number; sha256: string },
  folder: string,
  signal: AbortSignal,
): Promise<{ target: string; had: boolean }> {
  const { name, sha256 } = artifact;
  const target = await placeInFolder(folder, name);
  const had = await hasFile(target, name, sha256);
  if (!had) await fetchTo(context, artifact, target, signal);
  return { target, had };
}

async function fetchTo(
  context: Context,
  artifact: { artifactId: string; name: string; bytes: number; sha256: string },
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const { url, apiKey } = context;
  const { artifactId, name, bytes, sha256 } = artifact;
  const progress = new TransferTeller(context, {
    kind: 'download',
    label: 'fetching',
    name,
    events: 'stderr',
  });
  const wanted = {
    path: `/api/v1/artifacts/${artifactId}/content`,
    target,
    sha256,
    bytesMax: bytes,
    onBytes: (bytesDone: number) => progress.show({ bytesDone, bytesTotal: bytes }),
  };
  try {
    const client = createFileClient({ baseUrl: url, apiKey });
    await downloadFile(client, wanted, { signal, triesMax: transferTries });
  } catch (error) {
    // Something came to its place meanwhile: the same file, or one that stays.
    if (!isExisting(error) || !(await hasFile(target, name, sha256))) throw error;
  } finally {
    progress.end();
  }
}
