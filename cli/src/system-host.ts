import { homedir } from 'node:os';
import { isatty } from 'node:tty';
import { systemClock } from '@node3/shared/clock';
import type { Env } from '@node3/shared/env';
import { systemIds } from '@node3/shared/ids';
import { CommandError, usageError } from './command-error.ts';
import { exitCodes } from './exit-codes.ts';
import { findCommandName } from './find-command-name.ts';
import { readHiddenLine } from './hidden-line.ts';
import type { Host, Interrupt, Output } from './host.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** The process itself as a host. */
export function createSystemHost(argv: readonly string[], env: Env): Host {
  const listeners = new Set<(signal: Interrupt) => void>();
  const handlers = signals.map((name) => ({
    name,
    handle: () => {
      for (const listener of listeners) listener(name);
    },
  }));
  // A command that stays, such as an attached run, ends in its own way; another one ends here.
  const onBroken = () => {
    if (listeners.size === 0) process.exit(exitCodes.ok.code);
    for (const listener of listeners) listener('SIGPIPE');
  };
  return {
    argv,
    command: findCommandName(env),
    env,
    cwd: process.cwd(),
    homeDir: homedir(),
    stdout: createOutput(process.stdout, onBroken),
    stderr: createOutput(process.stderr, onBroken),
    clock: systemClock,
    // The monotonic clock of Node counts from the start of the process.
    startedMs: 0,
    ids: systemIds,
    readStdin,
    canAsk: isatty(process.stdin.fd) && isatty(process.stderr.fd),
    readLine,
    readSecret: (prompt) => readHiddenLine(process, prompt),
    openKeyring: async () => (await import('./keys/system-keyring.ts')).openSystemKeyring(env),
    onInterrupt(listener) {
      if (listeners.size === 0) for (const { name, handle } of handlers) process.on(name, handle);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0)
          for (const { name, handle } of handlers) process.off(name, handle);
      };
    },
    exit: (code) => process.exit(code),
  };
}

function createOutput(stream: NodeJS.WriteStream & { fd: number }, onBroken: () => void): Output {
  let broken = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (broken) return;
    broken = true;
    onBroken();
  });
  return {
    isTty: isatty(stream.fd),
    get columns() {
      return stream.columns ?? null;
    },
    write(text) {
      if (text === '' || broken || stream.write(text)) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          stream.off('drain', done);
          stream.off('close', done);
          resolve();
        };
        stream.on('drain', done);
        stream.on('close', done);
      });
    },
  };
}

async function readLine(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve, reject) => {
      lines.on('SIGINT', () =>
        reject(new CommandError('failure', 'Stopped.', 'Nothing was done.')),
      );
      lines.on('close', () => resolve(undefined));
      lines.question(question, resolve);
    });
  } finally {
    lines.close();
  }
}

async function readStdin(bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const part = Buffer.from(chunk as Uint8Array);
    bytes += part.length;
    if (bytes > bytesMax) {
      throw usageError(`Standard input is longer than ${bytesMax / 1024} KiB.`, 'Send less.');
    }
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}
