import { lstat, mkdir, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { problemOfArtifactName } from '@node3/shared/artifact-name';
import { isExisting, isNotFound } from '@node3/shared/file-error';
import { hashFile } from '@node3/shared/files/hash-file';
import { CommandError } from '../command-error.ts';

/**
 * The place of an artifact below a folder, whose folders are made where they are missing. Names come
 * from a stranger's job: one that is a trick, or a folder that is a link, is refused.
 */
export async function placeInFolder(folder: string, name: string): Promise<string> {
  const problem = problemOfArtifactName(name);
  if (problem !== null) throw refused(name, `its name ${problem}`);
  const parts = name.split('/');
  await mkdir(folder, { recursive: true });
  let path = resolve(folder);
  for (const part of parts.slice(0, -1)) {
    path = join(path, part);
    await mkdir(path).catch((error: unknown) => {
      if (!isExisting(error)) throw error;
    });
    if (!(await lstat(path)).isDirectory()) throw refused(name, `${path} is no folder`);
  }
  return join(path, parts.at(-1) ?? '');
}

/** Whether the file is there already. Throws where something else is. */
export async function hasFile(path: string, name: string, sha256: string): Promise<boolean> {
  const info = await lstat(path).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  if (info === null) return false;
  if (!info.isFile()) throw refused(name, `${path} is no file`);
  const file = await open(path);
  try {
    if ((await hashFile(file)).sha256 === sha256) return true;
  } finally {
    await file.close();
  }
  throw refused(name, `${path} is another file`);
}

function refused(name: string, why: string): CommandError {
  const fix = 'Choose an empty folder with -o, or remove what is in the way.';
  return new CommandError('failure', `${JSON.stringify(name)} is not saved: ${why}.`, fix);
}
