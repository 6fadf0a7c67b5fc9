import type { Command } from 'commander';
import type { DownloadOptions } from '../commands/job-download.ts';
import type { UploadOptions } from '../commands/upload.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

/** `node3 upload FILE`: an artifact that jobs can have as an input. */
export function addUploadCommand(state: ProgramState, program: Command): void {
  const upload = program
    .command('upload')
    .argument('<file>')
    .option('--name <name>', 'what it is called; the name of the file where left out')
    .option('--resume <artifact>', 'go on with an upload that was begun');
  attachAction<UploadOptions>(
    state,
    upload,
    async () => (await import('../commands/upload.ts')).uploadArtifact,
  );
}

export function addJobFileCommands(state: ProgramState, job: Command): void {
  const artifacts = job
    .command('artifacts')
    .description('The files that a job has made: sizes, sha256, how long they are kept')
    .argument('<id>');
  attachAction(
    state,
    artifacts,
    async () => (await import('../commands/job-artifacts.ts')).showArtifacts,
  );

  const download = job
    .command('download')
    .description('Fetch the files that a job has made, or one file or folder of them')
    .argument('<id>')
    .argument('[path]')
    .option('-o, --output <folder>', 'where to; what is there already is not fetched again', '.');
  attachAction<DownloadOptions>(
    state,
    download,
    async () => (await import('../commands/job-download.ts')).downloadArtifacts,
  );
}
