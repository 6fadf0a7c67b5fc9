import { resolve } from 'node:path';
import { removalText } from '@node3/shared/artifact-removal';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { fetchIntoFolder } from '../files/fetch-into-folder.ts';
import { stopOnInterrupt } from '../job/stop-on-interrupt.ts';
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
  const again = () => 'Run the command again: it goes on where it was.';
  await stopOnInterrupt(context, again, async (signal) => {
    for (const artifact of wanted) await saveOne(context, artifact, folder, signal);
  });
  if (gone.length === 0) return 0;
  for (const file of gone) await terminal.talk(removalText(file));
  const problem = `${gone.length} of ${gone.length + wanted.length} files are no longer there.`;
  throw new CommandError('failure', problem, look);
}

async function saveOne(
  context: Context,
  artifact: { artifactId: string; name: string; bytes: number; sha256: string },
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { terminal } = context;
  const { name, bytes, sha256 } = artifact;
  const { target, had } = await fetchIntoFolder(context, artifact, folder, signal);
  if (terminal.json) await terminal.jsonLine({ name, file: target, bytes, sha256 });
  else await terminal.data(target);
  await terminal.talk(`${bytesText(bytes)}, sha256 ${sha256}${had ? ', was there already' : ''}`);
}

/** A file by its name, or all files of a folder. */
function isMeant(name: string, path: string | undefined): boolean {
  if (path === undefined) return true;
  const plain = path.replace(/\/+$/, '');
  return name === plain || name.startsWith(`${plain}/`);
}
