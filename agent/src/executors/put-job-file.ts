import { constants } from 'node:fs';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import type { JobFile } from './job-files.ts';

/** Puts a file before a workload, which can read it and no more. Fails when there is one already. */
export async function putJobFile(file: JobFile, target: string): Promise<void> {
  if ('content' in file) {
    await writeFile(target, file.content, { mode: 0o444, flag: 'wx' });
    return;
  }
  // Where the file system can, both share their blocks.
  await copyFile(file.file, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(target, 0o444);
}
