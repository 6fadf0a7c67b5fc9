import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Env } from '@node3/shared/env';

/** What a load process says about the jobs it got. Times in milliseconds. */
export interface LoadStatus {
  /** Completed jobs (of peers: started ones, which flatters them). */
  got: number;
  p50: number;
  p90: number;
  p99: number;
}

/** What a producer did. */
export interface Produced {
  n: number;
  perSec: number;
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/**
 * A process that produces or takes jobs, driven over IPC: `{k, op, a}` is answered by `{k, r}` or
 * `{k, e}`. Our own processes and those of a peers' folder speak the same.
 */
export class Load {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #up: Promise<unknown>;
  #calls = 0;

  constructor(program: string, env: Env) {
    this.#child = fork(program, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#up = once(this.#child, 'message');
    this.#child.on('message', (message) => this.#answer(message as Answer));
    this.#child.on('exit', () => this.#end(new Error(`${program} ended`)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async call<T>(op: string, a: Record<string, unknown> = {}): Promise<T> {
    await this.#up;
    this.#calls += 1;
    const k = this.#calls;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(k, { resolve: (value) => resolve(value as T), reject });
      this.#child.send({ k, op, a });
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  #answer(message: Answer): void {
    if (typeof message === 'string') return;
    const waiting = this.#waiting.get(message.k);
    this.#waiting.delete(message.k);
    if (message.e === undefined) waiting?.resolve(message.r);
    else waiting?.reject(new Error(message.e));
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

type Answer = string | { k: number; r?: unknown; e?: string };
