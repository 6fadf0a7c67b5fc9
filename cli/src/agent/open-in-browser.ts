import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Env } from '@node3/shared/env';
import { CommandError } from '../command-error.ts';

const openers: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** @throws CommandError where no program opens it. */
export async function openInBrowser(url: string, env: Env): Promise<void> {
  const [program = 'xdg-open', ...words] = openers[process.platform] ?? [];
  try {
    const child = spawn(program, [...words, url], { env, detached: true, stdio: 'ignore' });
    await once(child, 'spawn');
    child.unref();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const fix = 'Open the printed address yourself.';
    throw new CommandError('failure', `No browser could be opened: ${why}.`, fix);
  }
}
