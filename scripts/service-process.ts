import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Env } from '@node3/shared/env';

/** One of our services in a process of its own, to be killed and started again. */
export interface ServiceProcess {
  /** Starts, or starts again with the same settings. @returns the address it says it serves. */
  start(): Promise<string>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Of the process that runs now; null before the first start. */
  pid(): number | null;
}

export interface ServiceOptions {
  /** The program, relative to the repository, such as `agent/src/main.ts`. */
  main: string;
  env: Env;
  /** Matches the line that says it serves; the first group is the address. */
  ready: RegExp;
  /** Words before the command, such as those of `limitMemory`. */
  within?: readonly string[];
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The last words of a process that did not start. */
const linesKept = 50;

/** Whoever started them may be stopped too; what it left would go on for ever. */
const alive = new Set<ChildProcess>();

function killAll(): void {
  for (const child of alive) child.kill('SIGKILL');
}

/** Without a listener of its own a script ends by the signal, and says nothing of it. */
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  process.removeListener(signal, endBySignal);
  process.kill(process.pid, signal);
}

process.on('exit', killAll);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, endBySignal);

function endWithUs(child: ChildProcess): void {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
}

export function createServiceProcess(options: ServiceOptions): ServiceProcess {
  let child: ChildProcess | null = null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child === null || hasEnded(child)) return child?.exitCode ?? null;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    return child.exitCode;
  };
  return {
    async start() {
      const { NODE_COMPILE_CACHE, PATH } = process.env;
      const env = { NODE_COMPILE_CACHE, PATH, ...options.env };
      const [program, ...words] = [
        ...(options.within ?? []),
        process.execPath,
        join(root, options.main),
      ];
      child = spawn(program, words, {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      endWithUs(child);
      return untilReady(child, options);
    },
    async kill() {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
    pid: () => child?.pid ?? null,
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** A process that ends before it serves is an error with its output. */
function untilReady(child: ChildProcess, { main, ready }: ServiceOptions): Promise<string> {
  const seen: string[] = [];
  return new Promise((resolve, reject) => {
    const read = (line: string) => {
      seen.push(line);
      if (seen.length > linesKept) seen.shift();
      const url = ready.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    };
    for (const stream of [child.stdout, child.stderr]) readLines(stream, read);
    child.once('exit', () => reject(new Error(`${main} ended:\n${seen.join('\n')}`)));
  });
}

function readLines(stream: Readable | null, read: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', read);
}
