import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { WorkloadHandle } from '../executors/executor.ts';
import { type KeptLease, writeKeptLeases } from './kept-leases.ts';

/** A process that ends workloads whose lease is over when the agent does not. */
export interface KeeperProcess {
  onExit(listener: () => void): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** No secret of the agent's lies about in another process. */
const inheritedNames = ['NODE_COMPILE_CACHE', 'SystemRoot'];

export interface LeaseKeeperDeps {
  file: string;
  log: Logger;
  /** The agent's. */
  environment: Environment;
  start(file: string, keeperId: string, environment: Environment): KeeperProcess;
  /** Workloads that run, and when the lease of each ends by the boot clock. */
  running(): { handle: WorkloadHandle; leaseUntilBootMs: number }[];
}

/** What changes together is written once, and not while a workload begins. */
const gatherMs = 100;
const restartMs = 1_000;
/**
 * The agent itself stops a workload before its lease ends. After that its job is nobody else's for a
 * while yet, in which an agent that was only restarted takes it up again.
 */
const graceMs = limits.leaseGraceMs - limits.leaseSelfStopMs;

/**
 * Ends what this agent runs when it can't do so any more: hung, stopped or dead. The leases stand in
 * a file that a process of its own looks at, which needs no word from the agent and outlives it. The
 * next agent on the same folder writes another keeper's name there, and the one before it ends.
 */
export class LeaseKeeper {
  readonly #deps: LeaseKeeperDeps;
  readonly #keeperId = randomUUID();
  #written: KeptLease[] = [];
  #isRunning = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: LeaseKeeperDeps) {
    this.#deps = deps;
  }

  /** Something runs, has ended or has its lease renewed. */
  changed(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#write();
    }, gatherMs).unref();
  }

  /** What still runs stays in the keeper's hands until the next agent is here. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#isClosed = true;
    if (this.#written.length === 0) this.#dropList();
  }

  #write(): void {
    const { file, log } = this.#deps;
    const leases = this.#deps.running().map(({ handle, leaseUntilBootMs }) => ({
      handle,
      untilBootMs: leaseUntilBootMs + graceMs,
    }));
    if (isDeepStrictEqual(leases, this.#written)) return;
    try {
      writeKeptLeases(file, { keeperId: this.#keeperId, leases });
      this.#written = leases;
      if (leases.length > 0) this.#ensureProcess();
    } catch (error) {
      this.#dropList();
      log.warn(
        { err: error, file },
        'only the agent itself ends what it runs: the list is not written',
      );
    }
  }

  /** By the list of before, what has its lease renewed would be ended. */
  #dropList(): void {
    const { file, log } = this.#deps;
    this.#written = [];
    try {
      rmSync(file, { force: true });
    } catch (error) {
      log.error({ err: error, file }, 'what runs may be ended by a list of leases that is too old');
    }
  }

  #ensureProcess(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    const { environment, file } = this.#deps;
    this.#deps.start(file, this.#keeperId, environment).onExit(() => {
      this.#isRunning = false;
      // It ends by itself when there was nothing to keep for a while.
      if (this.#written.length > 0) setTimeout(() => this.#ensureProcess(), restartMs).unref();
    });
  }
}

/** In a session of its own, so that what is sent to the agent's group does not reach it. */
export function startKeeperProcess(
  file: string,
  keeperId: string,
  environment: Environment,
): KeeperProcess {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const kept = Object.entries(environment).filter(([name]) => inheritedNames.includes(name));
  const child = spawn(process.execPath, [main, file, keeperId], {
    cwd: parse(main).root,
    detached: true,
    windowsHide: true,
    stdio: 'ignore',
    env: Object.fromEntries(kept),
  });
  child.unref();
  return {
    onExit(listener) {
      child.once('exit', listener);
      child.once('error', listener);
    },
  };
}
