import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Env } from '@node3/shared/env';
import type { Block } from './read-blocks.ts';

/** Whether a block takes part when its document is read from top to bottom by somebody who does what it says. */
export function isRunHere({ language, marks }: Block): boolean {
  if ('not run' in marks || 'run by' in marks) return false;
  return language === 'sh' || 'file' in marks;
}

export interface Shell {
  /** Empty; where the document's commands start and leave their files. */
  folder: string;
  env: Env;
}

/** Longer than any document takes on a slow machine. */
const documentMsMax = 280_000;

/**
 * Runs the blocks of one document in one shell, in their order, as its reader would.
 *
 * @returns null when all of them ended well, else the block that did not, and what was printed.
 */
export async function runBlocks(
  blocks: readonly Block[],
  { folder, env }: Shell,
): Promise<string | null> {
  const progress = join(folder, '.progress');
  const script = [
    'set -euo pipefail',
    untilFunction,
    ...blocks.map((block) => `printf %s ${block.line} >"$PROGRESS"\n${scriptOf(block)}`),
  ].join('\n');
  const shell = spawn('bash', ['-c', script], {
    cwd: folder,
    env: { ...env, PROGRESS: progress },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it has started ends with it.
    detached: true,
  });
  const limit = setTimeout(() => process.kill(-(shell.pid ?? 0), 'SIGKILL'), documentMsMax);
  const said = Promise.all([text(shell.stdout), text(shell.stderr)]);
  const [code] = await once(shell, 'close');
  clearTimeout(limit);
  if (code === 0) return null;
  const line = await readFile(progress, 'utf8');
  const end = code === null ? 'did not end' : `ended with ${code}`;
  return `${blocks[0]?.document}:${line} ${end}\n${(await said).join('\n')}`;
}

function scriptOf({ text: code, marks: { file, given = '', until } }: Block): string {
  if (file !== undefined) return `${given}\nprintf %s ${quote(code)} >${quote(file)}`;
  if (until === undefined) return `${given}\n${code}`;
  return `${given}\nuntil_printed ${quote(until)} ${quote(code)}`;
}

/** Starts code that does not end by itself, waits for what it has to print, and stops it and its children. */
const untilFunction = `until_printed() {
  setsid bash -c "$2" >.printed 2>&1 &
  local pid=$!
  until grep -qF -- "$1" .printed; do
    kill -0 $pid 2>/dev/null || { cat .printed; return 1; }
    sleep 0.1
  done
  kill -TERM -- -$pid
  wait $pid || true
}`;

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
