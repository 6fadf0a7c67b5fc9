import { resolve } from 'node:path';
import { removalText } from '@node3/shared/artifact-removal';
import { isExisting } from '@node3/shared/file-error';
import { downloadFile } from '@node3/shared/files/download-file';
import { createFileClient } from '@node3/shared/files/file-client';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { hasFile, placeInFolder } from '../files/place-in-folder.ts';
import { createProgress } from '../files/transfer-progress.ts';
import { transferTries } from '../files/upload-own-file.ts';
import { bytesText } from '../output/words.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';
import { askArtifacts } from './job-artifacts.ts';

export interface DownloadOptions {
  output: string;
}

/**
 * `node3 job download JOB [PATH]`: goes on where it was, and leaves only files that are right. Fails
 * after all others have come where the marketplace has removed some of them.
 */
export async function downloadArtifacts(
  context: Context,
  { args, options }: Call<DownloadOptions>,
): Promise<number> {
  const { terminal, host } = context;
  const [jobId, path] = args;
  const { data, removed } = await askArtifacts(context, requireJobId(jobId));
  const wanted = data.filter(({ name }) => isMeant(name, path));
  const there = new Set(wanted.map(({ name }) => name));
  const gone = removed.filter(({ name }) => isMeant(name, path) && !there.has(name));
  const look = `Look with: ${host.command} job artifacts ${jobId}`;
  if (wanted.length === 0) {
    const none = path === undefined ? 'The job has no files.' : `The job has no file ${path}.`;
    const problem = gone[0] === undefined ? none : removalText(gone[0]);
    throw new CommandError('failure', problem, look);
  }
  const folder = resolve(host.cwd, options.output);
  for (const artifact of wanted) {
    const { name, bytes, sha256 } = artifact;
    const target = await placeInFolder(folder, name);
    const had = await hasFile(target, name, sha256);
    if (!had) await download(context, artifact, target);
    if (terminal.json) await terminal.jsonLine({ name, file: target, bytes, sha256 });
    else await terminal.data(target);
    await terminal.talk(`${bytesText(bytes)}, sha256 ${sha256}${had ? ', was there already' : ''}`);
  }
  if (gone.length === 0) return 0;
  for (const file of gone) await terminal.talk(removalText(file));
  const problem = `${gone.length} of ${gone.length + wanted.length} files are no longer there.`;
  throw new CommandError('failure', problem, look);
}

/** A file by its name, or all files of a folder. */
function isMeant(name: string, path: string | undefined): boolean {
  if (path === undefined) return true;
  const plain = path.replace(/\/+$/, '');
  return name === plain || name.startsWith(`${plain}/`);
}

async function download(
  context: Context,
  artifact: { artifactId: string; name: string; bytes: number; sha256: string },
  target: string,
): Promise<void> {
  const { url, apiKey } = context;
  const { artifactId, name, bytes, sha256 } = artifact;
  const progress = createProgress(context, name);
  const wanted = {
    path: `/api/v1/artifacts/${artifactId}/content`,
    target,
    sha256,
    bytesMax: bytes,
    onBytes: (done: number) => progress.show(done, bytes),
  };
  const { signal } = new AbortController();
  try {
    const client = createFileClient({ baseUrl: url, apiKey });
    await downloadFile(client, wanted, { signal, triesMax: transferTries });
  } catch (error) {
    // Something came to its place meanwhile: the same file, or one that stays.
    if (!isExisting(error) || !(await hasFile(target, name, sha256))) throw error;
  } finally {
    await progress.clear();
  }
}
