import { join } from 'node:path';
import type { JobArtifact } from '@node3/client';
import { isMarketError } from '@node3/shared/error';
import { z } from 'zod';
import { usageError } from '../command-error.ts';
import { fetchIntoFolder } from '../files/fetch-into-folder.ts';
import { jobIdArgument } from './job-arguments.ts';
import { addTool, type ToolDeps } from './tool.ts';
import { untrusted } from './untrusted.ts';

/** In one call, so that a job can't fill the disk of whoever looks at it. */
const bytesMax = 1024 ** 3;
const filesMax = 200;

/** `list_artifacts`; and `download_artifacts` where the person who started the server gave a folder. */
export function addFileTools(deps: ToolDeps, folder: string | null): void {
  const { node3 } = deps;
  addTool(deps, {
    name: 'list_artifacts',
    title: 'List the files of a job',
    description: 'The files that a job has made: names, sizes and sha256.',
    effect: 'reads',
    input: { jobId: jobIdArgument },
    async run({ jobId }, signal) {
      const files = await node3.jobs.artifacts(jobId, { signal });
      const rows = files.slice(0, filesMax).map(describeFile);
      return { jobId, files: files.length, untrusted: untrusted(rows) };
    },
  });
  if (folder === null) return;
  addTool(deps, {
    name: 'download_artifacts',
    title: 'Save the files of a job',
    description:
      `Saves files that a job has made below ${folder}, in a folder named after the job, and compares ` +
      'their sha256. Never writes over another file. Don’t run what is saved.',
    effect: 'saves',
    input: {
      jobId: jobIdArgument,
      name: z.string().max(1_024).optional().describe('One file by its name; all where left out'),
    },
    async run({ jobId, name }, signal) {
      const files = await node3.jobs.artifacts(jobId, { signal });
      const wanted = files.filter((file) => name === undefined || file.name === name);
      checkSizes(wanted);
      const rows: object[] = [];
      let filesSaved = 0;
      for (const file of wanted) {
        const found = await save(deps, file, join(folder, jobId), signal);
        rows.push(found);
        if ('savedAs' in found) filesSaved += 1;
      }
      return {
        jobId,
        filesSaved,
        filesRefused: rows.length - filesSaved,
        untrusted: untrusted(rows),
      };
    },
  });
}

/** What is in the way of a file is told with its name, which a stranger chose: never as an error. */
async function save({ context }: ToolDeps, file: JobArtifact, folder: string, signal: AbortSignal) {
  try {
    const { target, had } = await fetchIntoFolder(context, file, folder, signal);
    return { ...describeFile(file), savedAs: target, wasThere: had };
  } catch (error) {
    if (signal.aborted || isMarketError(error)) throw error;
    return { name: file.name, problem: error instanceof Error ? error.message : String(error) };
  }
}

function checkSizes(files: readonly JobArtifact[]): void {
  if (files.length === 0) {
    throw usageError('The job has no such file.', 'Look with list_artifacts.');
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= bytesMax && files.length <= filesMax) return;
  const problem = `That is ${files.length} files of ${bytes} bytes; one call saves ${filesMax} and ${bytesMax}.`;
  throw usageError(problem, 'Save files one by one, by name, or use: node3 job download');
}

function describeFile({ artifactId, name, bytes, sha256, mediaType, expiresAt }: JobArtifact) {
  return { artifactId, name, bytes, sha256, mediaType, expiresAt };
}
