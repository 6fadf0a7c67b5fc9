import { writeSync } from 'node:fs';
import type { Env } from '@node3/shared/env';
import { findCommandName } from './find-command-name.ts';
import { helpPage } from './help-page.ts';

const stdoutFd = 1;

/**
 * The first page of the help is asked for more than all others, and needs nothing of the program: it
 * is written beforehand. @returns it where these words ask for it, else null.
 */
export function helpPageFor(argv: readonly string[], command: string): string | null {
  const [word, ...rest] = argv;
  if (rest.length > 0 || !(word === undefined || ['--help', '-h', 'help'].includes(word))) {
    return null;
  }
  return helpPage.replace('Usage: node3 ', `Usage: ${command} `);
}

/** @returns whether the page was what was asked for, and is written. */
export function writeHelpPage(argv: readonly string[], env: Env): boolean {
  const page = helpPageFor(argv, findCommandName(env));
  if (page === null) return false;
  const bytes = Buffer.from(page);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(stdoutFd, bytes, written);
  } catch {
    // A pipe that is full for now: the stream waits for room. One whose reader is gone wants no more.
    process.stdout.on('error', () => undefined);
    process.stdout.write(bytes.subarray(written));
  }
  return true;
}
