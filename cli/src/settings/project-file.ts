import { open, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import { CommandError, usageError } from '../command-error.ts';
import {
  isSecretName,
  isSettingName,
  type SettingName,
  settingNames,
  settingTable,
} from './setting-table.ts';

/** What a project says of its jobs, for everyone who works on it. */
export interface ProjectFile {
  path: string;
  values: Partial<Record<SettingName, string>>;
}

export const projectFileName = 'node3.toml';
/** A file with every setting is far smaller. */
const fileBytesMax = 64 * 1024;

/** The nearest `node3.toml`, from this folder upwards. Throws where it says what it may not. */
export async function findProjectFile(cwd: string): Promise<ProjectFile | null> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, projectFileName);
    const text = await readSmallFile(path, folder);
    if (text !== null) return { path, values: await readValues(path, text) };
    if (folder === dirname(folder)) return null;
  }
}

async function readSmallFile(path: string, folder: string): Promise<string | null> {
  try {
    const file = await open(path, 'r');
    try {
      const info = await file.stat();
      if (!info.isFile()) return null;
      requireOwner(path, info, await stat(folder));
      if (info.size <= fileBytesMax) return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    // A folder that may not be read has no project in it for us.
    if (isNotFound(error) || isUnreadable(error)) return null;
    throw error;
  }
  throw new CommandError('usage', `${path} is larger than ${fileBytesMax / 1024} KiB.`, '');
}

/**
 * In a folder that everyone may write to, such as /tmp, anybody can leave settings for those who work
 * below it: an image that would run their code.
 */
function requireOwner(path: string, file: { uid: number }, folder: { uid: number }): void {
  const self = process.geteuid?.();
  if (self === undefined || [self, 0, folder.uid].includes(file.uid)) return;
  const detail = `${path} belongs to another user (uid ${file.uid}), who could set what your jobs run.`;
  throw usageError(detail, 'Work in a folder of your own, or have that file removed.');
}

function isUnreadable(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EACCES', 'ENOTDIR', 'EISDIR'].includes(String(error.code))
  );
}

async function readValues(path: string, text: string): Promise<ProjectFile['values']> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return checkValues(path, parse(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ''] = error.message.split('\n');
    throw usageError(`${path}, line ${error.line}: ${what}.`, 'Write it as TOML: gpu = "24GB.."');
  }
}

function checkValues(path: string, table: Record<string, unknown>): ProjectFile['values'] {
  const values: ProjectFile['values'] = {};
  for (const [name, value] of Object.entries(table)) {
    const source = `${name} in ${path}`;
    if (isSecretName(name) && !isSettingName(name)) throw secretRefused(source);
    if (!isSettingName(name)) {
      const known = settingNames.filter((known) => settingTable[known].place === 'project');
      throw usageError(`${source} is no setting.`, `A project may say: ${known.join(', ')}.`);
    }
    if (settingTable[name].place === 'owner') {
      throw usageError(
        `${source} is for each person to say, not for the project.`,
        `Take it out of the file, and run: node3 config set ${name} VALUE`,
      );
    }
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw usageError(`${source} is neither a text nor a number.`, `Write: ${name} = "…"`);
    }
    settingTable[name].check(source, String(value));
    values[name] = String(value);
  }
  return values;
}

function secretRefused(source: string) {
  return usageError(
    `${source} looks like a key. A project's file is shared with everyone who has the project.`,
    'Take it out, and end that key if others saw it: node3 key revoke ID. Then: node3 login',
  );
}
