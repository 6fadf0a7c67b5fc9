import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Env } from '@node3/shared/env';
import { Load } from './load.ts';

/** One queue that takes part, ours or another's, with its load processes. */
export interface Contender {
  name: string;
  producer: Load;
  worker: Load;
  /** The processes that serve; those of the load are counted with them. */
  serverPids(): number[];
  /** Commits since the start, where the server says so. */
  commits(): Promise<number | null>;
  /** Ends what was started for it. */
  leave(): Promise<void>;
}

/** Programs beside this file. */
export function programPath(name: string): string {
  return join(import.meta.dirname, name);
}

/** A server of ours that says its address over IPC. */
export async function forkServer(
  program: string,
  databasePath: string,
): Promise<{ url: string; child: ChildProcess }> {
  const child = fork(programPath(program), [databasePath], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [url] = await once(child, 'message');
  return { url: String(url), child };
}

/** Jobs that every contender may run at a time. */
const slots = 100;

/** A producer and a worker process; the worker takes jobs from now on. */
export async function openLoads(
  program: string,
  env: Env,
  target: Record<string, unknown>,
): Promise<{ producer: Load; worker: Load }> {
  const producer = new Load(program, env);
  const worker = new Load(program, env);
  await producer.call('init', target);
  // The peers' `init` empties their queue, and once is enough.
  if (target['kind'] !== undefined) await worker.call('init', target);
  await producer.call('prod');
  await worker.call('work', { conc: slots });
  return { producer, worker };
}
