import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Env } from '@node3/shared/env';

/** The `node3` command as a person's shell starts it. */
export interface CliProcess {
  /** What was printed so far. */
  readonly seen: { out: string; err: string };
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

export interface CliOptions {
  args: readonly string[];
  /** Where the command starts, and where it finds its configuration: never the user's own. */
  folder: string;
  env?: Env;
}

const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'cli', 'src', 'main.ts');

export function startCli({ args, folder, env = {} }: CliOptions): CliProcess {
  const { DOCKER_HOST, HOME, NODE_COMPILE_CACHE, PATH, XDG_RUNTIME_DIR } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: {
      DOCKER_HOST,
      HOME,
      NODE_COMPILE_CACHE,
      PATH,
      XDG_RUNTIME_DIR,
      XDG_CONFIG_HOME: folder,
      NODE3_KEY_STORE: 'file',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seen = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    seen.err += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { seen, ended, kill: (signal) => child.kill(signal) };
}

/** Runs a command to its end. */
export async function runCli(
  options: CliOptions,
): Promise<{ code: number | null; out: string; err: string }> {
  const cli = startCli(options);
  const code = await cli.ended;
  return { code, ...cli.seen };
}
