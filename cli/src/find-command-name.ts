import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Env } from '@node3/shared/env';

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
