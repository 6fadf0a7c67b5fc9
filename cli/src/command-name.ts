import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Env } from '@node3/shared/env';
import { groupNames } from './program/command-groups.ts';

/** npm puts these on PATH for the scripts it runs; a person's shell does not have them. */
const npmFolder = /node_modules[\\/]\.bin[\\/]?$/;

/** How the command is called by this person: by its name where it is installed, else by npx. */
export function findCommandName(env: Env): string {
  const folders = (env['PATH'] ?? '').split(delimiter);
  const installed = folders.some(
    (folder) =>
      folder !== '' &&
      !npmFolder.test(folder) &&
      ['node3', 'node3.cmd'].some((name) => existsSync(join(folder, name))),
  );
  return installed ? 'node3' : 'npx node3';
}

/** A command of ours inside a sentence, not a file or the name of the project. */
const commands = new RegExp(
  String.raw`(?<![\w./-]|npx )node3 (?=(?:${groupNames.join('|')}|-)\b|--)`,
  'g',
);

/** Hints are written with the bare name; here it becomes what the person can type. */
export function spellCommands(hint: string, command: string): string {
  return hint.replace(commands, `${command} `);
}
